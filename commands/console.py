"""What the commands print: one place for wording and for turning known errors into one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape

from assets.packages.clients import FetchError
from manifests.recipe import RecipeError
from models.optional_packages import NETWORKS, MissingExtra, require_networks
from tasks.errors import BuildStopped

if TYPE_CHECKING:
    from rich.progress import Progress

    from tasks.build.version import BuildReport

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def one_clear_message() -> Iterator[None]:
    """Turn errors that a user can mend into their message and exit code 1; others keep their trace."""
    try:
        yield
    except RecipeError as error:
        for problem in error.problems:
            errors.print(f"[red]error[/red]: {escape(problem)}")
        raise typer.Exit(1) from error
    except (OSError, ValueError, BuildStopped, FetchError) as error:
        errors.print(f"[red]error[/red]: {escape(describe_error(error))}")
        raise typer.Exit(1) from error


def progress_bar(*, transient: bool = False) -> Progress:
    """What is done, of how much, and since when.

    ``transient``: gone from the terminal at the end, and never in what is piped elsewhere.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    quiet = transient and not console.is_terminal
    return Progress(*columns, console=console, transient=transient, disable=quiet)


def describe_error(error: Exception) -> str:
    """The message of an error, with what to do where the system's own words don't say."""
    if isinstance(error, OSError) and error.errno is not None:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror} (mend this and run the same command again)"
    return str(error)


def print_report(report: BuildReport, seconds: float) -> None:
    """The closing lines of a build: where it is, verdicts, speed, what was left out."""
    counts = count_line(report.dataset.counts)
    if report.unchanged:
        console.print(f"unchanged: {report.url}\n{counts}", markup=False)
    else:
        shards = f"{report.rendered} shards rendered, {report.reused} reused"
        console.print(f"{report.url}\n{counts}; {shards}, {seconds:.1f} s", markup=False)
    for line in report.dataset.left_out_lines():
        console.print(f"left out: {line}", markup=False)


def count_line(counts: dict[str, int]) -> str:
    """Counts in words: ``240 kept, 3 rejected, 0 failed``."""
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())


def need_networks(command: str, packages: tuple[str, ...] = NETWORKS) -> None:
    """End the command with the line that helps, unless the packages of the extra are installed."""
    try:
        require_networks(command, packages)
    except MissingExtra as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
