"""What the flows of trainings share: logs, and the report as artifacts."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import (
    create_link_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from natocc.files.show import one_line
from shards.storage import is_local
from tasks.progress import OnProgress

if TYPE_CHECKING:
    from tasks.training.report import TrainingReport

# What a signal leaves before the first and after the last step of a training.
UNTRAINED = "the last state of the training is kept; run it again to go on"

# Seconds from one update of a progress artifact to the next.
_UPDATE = 15.0
# Characters of a line in the log.
LONGEST = 2000


def log_report(report: TrainingReport, remarks: Iterable[str]) -> None:
    """Log remarks as warnings, then the scores, a line a row."""
    for remark in remarks:
        get_run_logger().warning("%s", one_line(remark, LONGEST))
    for row in report.table():
        values = ", ".join(f"{name} {one_line(value)}" for name, value in row.items())
        get_run_logger().info("%s", values)


def create_artifacts(report: TrainingReport, key: str, summary: str, previews: str | None = None) -> None:
    """The scores as a table under ``key``, and a link to the previews under ``key-previews``."""
    create_table_artifact(report.table(), key=key, description=summary)
    if previews:
        place = Path(previews).resolve().as_uri() if is_local(previews) else previews
        create_link_artifact(place, link_text="previews", key=f"{key}-previews", description=summary)


@contextmanager
def progress_artifact(key: str, unit: str) -> Iterator[OnProgress]:
    """Yield a function that shows the share of finished ``unit``, their rate and the remaining time."""
    artifact = cast(UUID, create_progress_artifact(0.0, key=key, description=unit))
    start, first, last = time.monotonic(), 0, 0.0

    def show(done: int, total: int | None) -> None:
        nonlocal start, first, last
        now = time.monotonic()
        if not last:
            start, first = now, done
        if total is None or (last and now - last < _UPDATE and done < total):
            return
        last = now
        words = describe_rate(done - first, now - start, total - done, unit)
        update_progress_artifact(artifact, 100.0 * done / total, description=f"{done} of {total} {words}")

    yield show


def describe_rate(done: int, seconds: float, left: int, unit: str) -> str:
    """Return "steps, 2.5 a second, 40 s left"; without finished steps the unit alone."""
    if not done or not seconds:
        return unit
    rate = done / seconds
    return f"{unit}, {rate:.3g} a second, {left / rate:.0f} s left"
