"""The raw datasets, a reader each."""
