"""Masks and label maps: policies, polygons, runs, sizes, places."""
