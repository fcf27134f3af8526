"""A segmenter trained on shards."""
