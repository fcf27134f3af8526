"""Storage that is not a local folder: which there is, its errors, uploads that are whole or absent."""
