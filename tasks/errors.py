"""Errors that end a build and that its user can do something about."""

from __future__ import annotations


class BuildStopped(RuntimeError):
    """A build can't go on; what is finished is kept."""
