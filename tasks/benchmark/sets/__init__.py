"""Test sets: really occluded faces, held-out samples, folders of users."""
