"""What no version and no bank refers to: found, told, and removed where no run uses it."""
