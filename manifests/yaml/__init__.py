"""Files of YAML that come along or that a user wrote: their text, and their fields as a model."""
