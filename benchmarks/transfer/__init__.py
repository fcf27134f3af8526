"""Colour transfer: contact sheets, and the time of sliced transport."""
