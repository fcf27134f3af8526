"""What a segmenter's training costs: ``python -m benchmarks.training VERSION``."""
