"""Samples that are kept after a change of code."""
