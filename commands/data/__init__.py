"""From photographs to versions."""
