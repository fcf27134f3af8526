"""Weight files: read strictly and written without pickled code."""
