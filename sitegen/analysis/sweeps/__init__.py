"""Searches over params: which runs are trials of one, how they ended, and when the best value changed."""
