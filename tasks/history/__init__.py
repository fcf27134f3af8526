"""The numbers of a dataset's versions: what a version differs in, and its entry in the history."""
