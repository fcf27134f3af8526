"""The networks: a folder an architecture, and what they share."""
