"""Code shared by all trainings."""
