"""What files of pictures hold: planes of pixels, scans, and what other files are."""
