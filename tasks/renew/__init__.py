"""A new version made of a published one: its failed samples retried, or in today's schemas."""
