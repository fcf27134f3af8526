"""Errors that a user can fix, as one line each, and the exit codes (docs/commands.md)."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from commands.console import errors, shown
from models.optional_packages import MissingExtra
from tasks.option_problems import OptionsError

WRONG_USE = 2
# As EX_TEMPFAIL of sysexits.h: try again later.
_IN_USE = 75
# What the parser of the command line raises.
_UsageError: Any = typer.BadParameter.__bases__[0]


@contextmanager
def one_clear_message(name_of: Callable[[str], str] = str) -> Iterator[None]:
    """Turn errors that a user can fix into messages and an exit code. Others keep their traceback.

    Exit code 2 for options; 1 for all else. ``name_of`` gives the names of fields on the command line.
    """
    from assets.packages.clients import FetchError
    from natocc.occluders.bank_files import BadBank
    from shards.lock import InUse
    from tasks.errors import BuildStopped
    from tasks.workers import signals

    try:
        yield
    except OptionsError as error:
        _print_errors(*(problem.line(name_of) for problem in error.found))
        raise typer.Exit(WRONG_USE) from error
    except InUse as error:
        _print_errors(str(error))
        raise typer.Exit(_IN_USE) from error
    except (OSError, ValueError, BadBank, BuildStopped, FetchError, MissingExtra) as error:
        if signals.received() is not None or (isinstance(error, BuildStopped) and signals.arrives()):
            raise
        _print_errors(*(getattr(error, "problems", None) or [describe_error(error)]))
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        errors.print("interrupted by Ctrl-C; the same command goes on from what is finished", markup=False)
        raise typer.Exit(130) from error


@contextmanager
def stopped_by_signals(note: str) -> Iterator[None]:
    """End the process with one message and 128 + n after signal n, whatever error the signal led to.

    ``note`` says what is kept, where the work itself does not.
    """
    from tasks.workers import signals

    with signals.handle_signals(to_the_end=True), signals.kept(note):
        try:
            yield
        except BaseException as error:
            if signals.received() is None:
                raise
            signals.end_process(error)


@contextmanager
def one_usage_message(path: str, *, group: bool = False) -> Iterator[None]:
    """Print what the parser of the command line refuses as one line, and exit with code 2.

    A command without any word prints its help instead. ``group`` if ``path`` is a group of commands.
    """
    try:
        yield
    except _UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            raise
        _print_errors(_usage_line(error, path, group=group))
        raise typer.Exit(WRONG_USE) from error


def describe_error(error: Exception) -> str:
    """The message of an error, with advice if the system's own message has none."""
    if isinstance(error, OSError) and error.errno is not None:
        where = f"{error.filename}: " if error.filename else ""
        if error.errno in (errno.EMFILE, errno.ENFILE):
            return f"{where}{error.strerror}; allow more by `ulimit -n 1024`, and run the same command again"
        return f"{where}{error.strerror} (fix this and run the same command again)"
    return str(error)


def _usage_line(error: Any, path: str, *, group: bool) -> str:
    if option := getattr(error, "option_name", None):
        if not hasattr(error, "possibilities"):
            return f"{option}: expected a value or more, got fewer; see {path} --help"
        if group and not error.possibilities:
            return f"{option}: expected after the command ({path} COMMAND {option}), got before it"
        near = " or ".join(sorted(error.possibilities or ()))
        known = f"an option of {path}{f', such as {near}' if near else ''}"
        return f"{option}: expected {known}, got an unknown one; see {path} --help"
    message = _lower(str(error.message)).rstrip(".")
    return f"{path}: {message}{' See' if message.endswith('?') else '; see'} {path} --help"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _print_errors(*lines: str) -> None:
    from rich.text import Text

    for line in lines:
        errors.print("[red]error[/red]:", Text(shown(line)))
