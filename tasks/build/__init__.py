"""A version: planned, taken over where it is there, published."""
