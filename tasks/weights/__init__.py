"""Weights fetched, imported, checked, listed."""
