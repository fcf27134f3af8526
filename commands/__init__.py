"""The terminal: one file a command, thin, no logic of their own."""
