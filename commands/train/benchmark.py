"""``natocc benchmark``: segmenters compared, without Prefect."""

from __future__ import annotations

from dataclasses import asdict

from assets.wording import count_of
from commands.console import print_table, say
from commands.progress import progress
from commands.register import CommandReport, command
from models.optional_packages import NETWORK_PACKAGES
from tasks.benchmark.options import BenchmarkOptions


@command(
    model=BenchmarkOptions,
    positional=("benchmark",),
    packages=NETWORK_PACKAGES,
    example="natocc benchmark small --datasets data/datasets --bank data/bank --out data/benchmark",
)
def benchmark(options: BenchmarkOptions) -> CommandReport:
    """Train segmenters on every arm of a benchmark, score them on every test set, and compare.

    A signal stops it after the current step. The same command goes on; finished runs are not done again.
    """
    from tasks.benchmark.benchmark import benchmark_segmenters

    with progress("steps and pictures") as on_progress:
        report = benchmark_segmenters(options, on_progress=on_progress)
    print_table(report.table())
    say("face IoU in %, mean ± standard deviation over seeds")
    print_table([_compared(asdict(one)) for one in report.comparisons])
    say(*(f"no test on {name}: {reason}" for name, reason in report.missing.items()))
    say(*(f"note: {note}" for note in report.notes))
    say(f"{count_of(report.runs, 'runs')}, {report.before} of them before", *report.files)
    fields = {
        "out": report.out,
        "runs": report.runs,
        "runs_before": report.before,
        "sets": report.sets,
        "missing": report.missing,
        "scores": report.table(),
        "comparisons": [asdict(one) for one in report.comparisons],
        "files": report.files,
        "notes": report.notes,
    }
    return CommandReport(fields)


def _compared(one: dict[str, object]) -> dict[str, object]:
    """A comparison as a row for readers."""
    names = ("network", "set", "metric", "better", "than")
    numbers = ("difference", "low", "high", "p", "p_holm", "smallest_p")
    return {name: one[name] for name in names} | {name: f"{one[name]:.4f}" for name in numbers}
