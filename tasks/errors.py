"""Errors that end a build and that the user can fix."""

from __future__ import annotations


class BuildStopped(RuntimeError):
    """The build cannot continue. Finished shards are kept."""
