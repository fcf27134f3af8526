"""Occluders into the bank: cut out, finished."""
