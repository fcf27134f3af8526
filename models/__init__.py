"""The networks: one folder per architecture, and the code that they share."""
