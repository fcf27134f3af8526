"""Segmenters compared: trained on mixtures, scored on test sets, told in tables."""
