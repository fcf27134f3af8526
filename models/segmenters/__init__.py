"""Face segmenters: losses, metrics, training."""
