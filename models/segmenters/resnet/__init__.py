"""ResNet with output stride 8, a backbone of segmenters."""
