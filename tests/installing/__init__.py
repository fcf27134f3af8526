"""What pip installs, on this Python and on others."""
