"""Annotated photographs inside public packages."""
