"""All commands, those of groups and former names included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from commands.main import app


def all_commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the words of each command, ``("review", "export")``, and the command."""
    group = group or typer.main.get_command(app)
    for name, found in group.commands.items():
        if hasattr(found, "commands"):
            yield from all_commands(found, (*path, name))
        else:
            yield (*path, name), found
