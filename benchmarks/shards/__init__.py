"""What a rebuild costs: ``python -m benchmarks.shards --bank data/bank``."""
