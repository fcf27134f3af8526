"""Benchmarks: which networks learn from which data, what they are tested on, and what is compared."""
