"""iHarmony4: composites with their real photographs and masks."""
