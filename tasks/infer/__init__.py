"""Segmenters in use: pictures segmented, networks exported."""
