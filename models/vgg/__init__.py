"""VGG16's features, for perceptual losses."""
