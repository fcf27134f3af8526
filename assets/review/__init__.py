"""Masks out to annotation tools, and their answers back."""
