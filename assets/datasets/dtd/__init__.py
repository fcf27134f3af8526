"""DTD: textures and their labels."""
