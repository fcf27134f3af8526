"""What goes out: deterministic tar files, storage that writes whole files, readers."""
