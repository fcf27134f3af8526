"""Faces with and without occlusion; which of them are for testing and never for training."""
