"""Losses of the segmenters."""
