"""Figures from counts: scores, their intervals, and differences that are tested."""
