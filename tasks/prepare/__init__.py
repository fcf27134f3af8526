"""Raw trees to a bank."""
