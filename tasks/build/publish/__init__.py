"""A finished version: checked, described, published, repaired."""
