"""Enlarge pictures with any upscaling network, in overlapping tiles."""
