"""A shard's samples, and one sample again."""
