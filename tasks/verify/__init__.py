"""Whether a version or a bank is what it says."""
