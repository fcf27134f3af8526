"""Masks to look at first, and what reviews say of them."""
