"""Samples of versions and folders, fed to a segmenter in training without holding them in memory."""
