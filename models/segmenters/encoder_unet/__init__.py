"""U-Nets on an encoder that classifies ImageNet."""
