"""Test pictures on sheets: which are shown, and where predictions err."""
