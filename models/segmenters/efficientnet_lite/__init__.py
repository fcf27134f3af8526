"""EfficientNet-Lite (Tan and Le 2019, without squeeze and excitation), a backbone with ImageNet weights."""
