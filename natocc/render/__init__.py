"""One sample: parameters drawn, then pixels from them alone."""
