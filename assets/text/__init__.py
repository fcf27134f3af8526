"""Text from files: decoded, in lines, tables, side-cars, lists of names, JSON."""
