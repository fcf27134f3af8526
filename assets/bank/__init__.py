"""The bank: prepared inputs in few large files and one table."""
