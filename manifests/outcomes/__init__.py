"""What became of samples: counted, in groups of rows, kept after a change of code."""
