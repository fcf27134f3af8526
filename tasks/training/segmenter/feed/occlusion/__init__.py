"""Occlusion drawn on the faces of a source while a segmenter trains."""
