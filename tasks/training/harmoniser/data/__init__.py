"""Sources of pairs of composite and real picture."""
