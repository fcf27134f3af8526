"""CelebAMask-HQ: photographs and part masks."""
