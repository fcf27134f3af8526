"""Blur, light, noise, shadow and file: measured on a picture, and matched."""
