"""Progress of long work: a bar on a terminal, a line every 30 s elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from commands.console import console, errors
from tasks.progress import OnProgress

# Seconds from one line to the next.
INTERVAL = 30.0


@contextmanager
def progress(unit: str) -> Iterator[OnProgress]:
    """Yield a function that takes the number of finished ``unit`` and their total (None: not known yet).

    Both displays write to the standard error, so that the standard output has only the report. With --quiet
    nothing is shown.
    """
    if errors.quiet or console.quiet:
        yield lambda done, total: None
    elif errors.is_terminal:
        with _bar(unit) as show:
            yield show
    else:
        with _lines(unit) as show:
            yield show


@contextmanager
def _bar(unit: str) -> Iterator[OnProgress]:
    from rich import progress as shown

    columns = (
        shown.TextColumn("{task.description}"),
        shown.BarColumn(),
        shown.MofNCompleteColumn(),
        shown.TimeElapsedColumn(),
        shown.TextColumn("left"),
        shown.TimeRemainingColumn(),
    )
    with shown.Progress(*columns, console=errors, transient=True) as bars:
        bar = bars.add_task(unit, total=None)
        yield lambda done, total: bars.update(bar, completed=done, total=total)


@contextmanager
def _lines(unit: str) -> Iterator[OnProgress]:
    # The finished number and the total, once the work has reported them.
    state: tuple[int, int | None] | None = None
    # What was finished at the first report, and when that came.
    first: tuple[int, float] | None = None
    ended, start = threading.Event(), time.monotonic()

    def show(done: int, total: int | None) -> None:
        nonlocal state, first
        state = done, total
        first = first or (done, time.monotonic())

    def print_lines() -> None:
        while not ended.wait(INTERVAL):
            now = time.monotonic()
            errors.print(
                f"{_count(state)}{unit}, {now - start:.0f} s{_left(state, first, now)}", markup=False
            )

    # A thread, since the work may report less often than that.
    thread = threading.Thread(target=print_lines, daemon=True)
    thread.start()
    try:
        yield show
    finally:
        ended.set()
        thread.join()


def _count(state: tuple[int, int | None] | None) -> str:
    if state is None:
        return ""
    done, total = state
    return f"{done} " if total is None else f"{done} of {total} "


def _left(state: tuple[int, int | None] | None, first: tuple[int, float] | None, now: float) -> str:
    """The remaining time at the rate so far; "" before there is one."""
    if state is None or first is None:
        return ""
    done, total = state
    if total is None or not first[0] < done < total:
        return ""
    left = (now - first[1]) * (total - done) / (done - first[0])
    return f", about {left:.0f} s left" if left < 120 else f", about {left / 60:.0f} min left"
