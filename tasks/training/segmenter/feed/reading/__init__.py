"""Sources, their samples, and the arrays of one sample."""
