"""Faces with and without occlusion; what is tested on, and never trained on."""
