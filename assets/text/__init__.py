"""Text from files: tables, side-cars, JSON read piece by piece."""
