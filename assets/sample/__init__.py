"""Annotations of real photographs inside public packages, and their layout as the raw downloads are."""
