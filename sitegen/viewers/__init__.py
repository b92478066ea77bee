"""Previews of artifacts: what a file holds, as values that a page lays out.

Each family of types has a module; `view.py` has the table of types. All files are untrusted: reads are bounded,
nothing is executed or unpickled, and a file that cannot be read gets a sentence.
"""
