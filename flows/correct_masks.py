"""``correct-masks``: a bank's faces, the most suspicious first, as a queue for review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from assets.problems import Problem
from models.optional_packages import require_networks
from tasks.prepare.bank import prepare
from tasks.prepare.options import options_of
from tasks.review.queue import QueueReport
from tasks.review.queue import correct_masks as make_queue

Side = Annotated[int, Field(ge=16, le=2048, multiple_of=16)]
Count = Annotated[int, Field(ge=1)]
Workers = Annotated[int, Field(ge=1, le=64)]
# Rows of the table artifact.
_SHOWN = 50


@task(name="prepare", cache_policy=NO_CACHE)
def prepare_task(raw: str, bank: str, workers: int) -> None:
    """Make the bank, with the options of the one that is there; what was refused goes to the log."""
    logger = get_run_logger()

    def show(problem: Problem) -> None:
        if problem.action == "refused":
            logger.warning("%s", problem)

    report = prepare(Path(raw), bank, options_of(bank), workers=workers, report=show)
    logger.info("%s: %s", bank, ", ".join(f"{count} {name}" for name, count in report.counts.items()))


@task(name="queue", cache_policy=NO_CACHE)
def queue_task(bank: str, out: str, options: dict[str, Any]) -> QueueReport:
    """Order the faces; write the table and the sheet."""
    if options["checkpoint"] is not None:
        require_networks("correct-masks with a checkpoint")
    return make_queue(bank, out, **options)


@flow(name="correct-masks", flow_run_name="{bank}", validate_parameters=True)
def correct_masks(
    bank: str,
    out: str,
    raw: str | None = None,
    checkpoint: str | None = None,
    size: Side = 128,
    count: Count = 48,
    workers: Workers = 2,
) -> QueueReport:
    """Queue a bank's faces (made from ``raw`` first, where given); see ``natocc correct-masks --help``."""
    if raw is not None:
        prepare_task(raw, bank, workers)
    report = queue_task(bank, out, {"checkpoint": checkpoint, "size": size, "count": count})
    create_table_artifact(
        report.table(_SHOWN),
        key="mask-queue",
        description=f"The first of {len(report.faces)} faces of {bank}, the most suspicious mask first",
    )
    create_markdown_artifact(
        f"The whole queue is `{report.queue}`, its first faces `{report.sheet}`.\n\n"
        f"`natocc review export --bank {bank} --queue {report.queue}` takes it to an annotation tool.",
        key="mask-queue-files",
    )
    return report
