"""Faces into the bank: photograph, face mask, parsing map."""
