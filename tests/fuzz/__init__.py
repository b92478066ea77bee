"""Stores that are damaged at random, and builds that fail or are stopped anywhere: what a build must do then.

The suite runs a few of each with a fixed seed; `python -m tests.fuzz` runs as many as it is asked for.
"""
