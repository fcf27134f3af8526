"""A small U-Net."""
