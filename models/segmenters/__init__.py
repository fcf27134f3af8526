"""Segmenters of faces: losses, metrics, training."""
