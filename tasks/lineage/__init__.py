"""From a sample to its inputs, and from an input to its samples."""
