"""Two renditions of the same samples, side by side, and the votes on them."""
