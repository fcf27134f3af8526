"""Layers that several segmenters share, named as MMSegmentation's."""
