"""Training of a segmenter on shards."""
