"""``natocc score``: masks of another program on a test set."""

from __future__ import annotations

import math
from dataclasses import asdict

from assets.wording import count_of
from commands.console import print_table, say, show_problem
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.benchmark.foreign import ScoreOptions


@command(
    model=ScoreOptions,
    positional=("masks",),
    example="natocc score masks --on RealOcc --bank data/bank --out data/benchmark",
)
def score(options: ScoreOptions) -> CommandReport:
    """Score masks that another program made of a test set, and put them into a benchmark's tables.

    Masks that are missing, too many, of other sizes, soft or inverted are an error.
    """
    from tasks.benchmark.foreign import score_masks

    with progress("pictures") as on_progress:
        report = score_masks(options, report=show_problem, on_progress=on_progress)
    whole = [one for one in report.results if not one.slice and not math.isnan(one.mean)]
    print_table(
        [
            {
                "metric": one.metric,
                "reading": one.reading,
                "score": f"{100 * one.mean:.2f}",
                "95 %": f"{100 * one.low:.2f} to {100 * one.high:.2f}",
            }
            for one in whole
        ]
    )
    say(f"{report.name} on {report.set}, {count_of(report.pictures, 'pictures')}")
    if report.counts:
        say(report.counts, "the benchmark's next run has it in its tables")
    fields = {
        "name": report.name,
        "set": report.set,
        "pictures": report.pictures,
        "scores": [asdict(one) for one in report.results],
        "counts": report.counts,
    }
    return CommandReport(fields)
