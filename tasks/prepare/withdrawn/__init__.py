"""Inputs that were withdrawn from the raw folder."""
