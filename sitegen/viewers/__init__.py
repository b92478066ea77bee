"""Previews of artifacts: what a file holds, as values that a page lays out.

A family of types has a module; `view.py` has the table of types. Everything here reads an untrusted file: bounded,
never executed, never unpickled, and a file that cannot be read is told in a sentence.
"""
