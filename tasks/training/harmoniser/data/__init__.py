"""Pairs of composite and real picture: where they come from."""
