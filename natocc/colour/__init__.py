"""Smooth changes of colour: tables, lattices, mappings and fields."""
