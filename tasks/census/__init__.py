"""What lies in a raw folder, beside what the publishers state."""
