"""What is in a version, and whether it is right."""
