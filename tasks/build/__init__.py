"""A version: planned, its shards reused or rendered, published."""
