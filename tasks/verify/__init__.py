"""Verification of versions and banks: hashes, samples, leaks."""
