"""Masks to review first; faces to annotation tools, and their answers back."""
