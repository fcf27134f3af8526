"""``natocc correct-masks``: an order of review for masks."""

from __future__ import annotations

from pathlib import Path

from assets.problems import Problem
from assets.wording import count_of
from commands.console import print_table, say, show_problem
from commands.progress import progress
from commands.register import CommandReport, command
from models.optional_packages import require_networks
from tasks.review.options import QueueOptions

_SHOWN = 12
_COLUMNS = ("id", "score", "because", "mask")


@command(
    model=QueueOptions,
    example="natocc correct-masks --bank data/bank --out data/queue --limit 24",
)
def correct_masks(options: QueueOptions) -> CommandReport:
    """Order a bank's faces by how likely their masks are wrong, the worst first.

    Take the queue to an annotation tool with natocc review export --queue.
    """
    from shards.check_output import check_folder
    from tasks.review.queue import correct_masks as make_queue

    if options.checkpoint is not None:
        require_networks("natocc correct-masks --checkpoint")
    check_folder(options.out)
    if options.raw is not None:
        _prepare(Path(options.raw), options.bank, options.workers, options.wait)
    with progress("faces") as on_progress:
        report = make_queue(
            options.bank,
            options.out,
            checkpoint=options.checkpoint,
            size=options.size,
            count=options.limit,
            wait=options.wait,
            on_progress=on_progress,
        )
    rows = report.table(_SHOWN)
    columns = (*_COLUMNS, *(("iou", "components") if options.checkpoint else ()))
    print_table([{name: row[name] for name in columns} for row in rows])
    faces = count_of(len(report.faces), "faces")
    say(f"{faces}, the first {len(rows)} shown", report.queue, report.sheet)
    first = report.table(options.limit)
    return CommandReport(
        {"queue": report.queue, "sheet": report.sheet, "faces": len(report.faces), "first": first}
    )


def _prepare(raw: Path, bank: str, workers: int, wait: bool) -> None:
    from tasks.prepare.bank import prepare
    from tasks.prepare.options import options_of

    def show(problem: Problem) -> None:
        if problem.action in ("refused", "unmatched"):
            show_problem(problem)

    with progress("inputs") as on_progress:
        prepare(
            raw,
            bank,
            options_of(bank),
            workers=workers,
            wait=wait,
            report=show,
            on_progress=on_progress,
        )
