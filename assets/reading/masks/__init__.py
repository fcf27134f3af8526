"""Masks and their photographs, matched by name."""
