"""How a training's command ends that was told to stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from commands.console import errors


@contextmanager
def one_line_when_stopped() -> Iterator[None]:
    """Print where the state of a stopped training is, and exit with the code of its signal."""
    # Here, since it needs the extra with the networks.
    from tasks.training.interrupt import Interrupted

    try:
        yield
    except Interrupted as interrupted:
        errors.print(str(interrupted), markup=False)
        raise typer.Exit(interrupted.code) from interrupted
