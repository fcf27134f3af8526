"""Colour transfer: a hand takes the colours of the face it lies on."""
