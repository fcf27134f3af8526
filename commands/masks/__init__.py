"""Masks corrected."""
