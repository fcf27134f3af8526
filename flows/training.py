"""What the flows of trainings share: logs, and the report as artifacts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import get_run_logger
from prefect.artifacts import create_link_artifact, create_table_artifact

from natocc.files.show import one_line
from shards.storage import is_local

if TYPE_CHECKING:
    from tasks.training.report import TrainingReport

# What a signal leaves before the first and after the last step of a training.
UNTRAINED = "the last state of the training is kept; run it again to go on"

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
