"""The standard output, whose errors name it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_NAME = "the standard output"


class _Named(io.TextIOWrapper):
    def write(self, text: str, /) -> int:
        with _named():
            return super().write(text)

    def flush(self) -> None:
        with _named():
            super().flush()


def run_with_output(run: Callable[[], object]) -> None:
    """Call ``run``; where its standard output can't be written, end with code 1 and one line that says so."""
    old = sys.stdout
    if isinstance(old, io.TextIOWrapper):
        how = {"encoding": old.encoding, "errors": old.errors, "line_buffering": old.line_buffering}
        sys.stdout = sys.__stdout__ = _Named(old.detach(), **how)  # type: ignore[arg-type, misc]
    try:
        run()
    except OSError as error:
        if error.filename != _NAME:
            raise
        raise SystemExit(f"error: {_NAME}: expected one that can be written, got {error.strerror}") from error
    finally:
        _drop_unwritten()


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise error if error.filename else OSError(error.errno, error.strerror, _NAME) from error


def _drop_unwritten() -> None:
    """What can't be written would be tried again, and reported, when the interpreter ends."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError), open(os.devnull, "wb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), sys.stdout.fileno())
