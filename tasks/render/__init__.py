"""The samples of a shard, and a sample made again."""
