"""``correct-masks``: a queue for review of a bank's faces, the worst mask scores first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from assets.problems import Problem
from assets.wording import count_of, list_counts
from flows.parameters import take
from flows.signals import stopped_by_signals
from models.optional_packages import require_networks
from natocc.files.show import markdown
from shards.check_output import check_folder
from tasks.prepare.bank import prepare
from tasks.prepare.options import options_of
from tasks.review.options import QueueOptions
from tasks.review.queue import QueueReport
from tasks.review.queue import correct_masks as make_queue

# Rows of the table artifact.
_SHOWN = 50


@task(name="prepare", cache_policy=NO_CACHE)
def prepare_task(raw: str, bank: str, workers: int, wait: bool) -> None:
    """Make the bank with the options of the existing bank, and log refused and unmatched inputs."""
    logger = get_run_logger()

    def show(problem: Problem) -> None:
        if problem.action in ("refused", "unmatched"):
            logger.warning("%s", problem)

    report = prepare(Path(raw), bank, options_of(bank), workers=workers, wait=wait, report=show)
    logger.info("%s: %s", bank, list_counts(report.counts))
    if report.unmatched:
        create_table_artifact(
            [
                {"where": one.path, "count": one.count, "what": one.kind, "first": ", ".join(one.names)}
                for one in report.unmatched
            ],
            key="unmatched-inputs",
            description="Inputs that nothing refers to, or that refer to nothing.",
        )


@task(name="queue", cache_policy=NO_CACHE)
def queue_task(options: QueueOptions) -> QueueReport:
    """Order the faces; write the table and the sheet."""
    if options.checkpoint is not None:
        require_networks("correct-masks with a checkpoint")
    return make_queue(
        options.bank,
        options.out,
        checkpoint=options.checkpoint,
        size=options.size,
        count=options.limit,
        wait=options.wait,
    )


@flow(name="correct-masks", flow_run_name="{bank}", validate_parameters=True)
@take(QueueOptions)
def correct_masks(**values: Any) -> QueueReport:
    """Order a bank's faces for review; see ``natocc correct-masks --help``."""
    options = QueueOptions.for_run(**values)
    bank = options.bank
    check_folder(options.out)
    with stopped_by_signals("the bank's finished shards are kept; run it again to go on"):
        if options.raw is not None:
            prepare_task(options.raw, bank, options.workers, options.wait)
        report = queue_task(options)
    create_table_artifact(
        report.table(_SHOWN),
        key="mask-queue",
        description=f"The first of {count_of(len(report.faces), 'faces')} of {bank}, the worst mask first",
    )
    create_markdown_artifact(
        f"The whole queue is {markdown(report.queue)}, its first faces {markdown(report.sheet)}.\n\n"
        f"natocc review export --bank {markdown(bank)} --queue {markdown(report.queue)} takes it to an "
        "annotation tool.",
        key="mask-queue-files",
    )
    return report
