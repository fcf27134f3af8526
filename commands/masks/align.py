"""``natocc align``: crops of faces for a test set of one's own."""

from __future__ import annotations

from dataclasses import asdict

from assets.wording import count_of
from commands.console import print_table, say, show_problem
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.align_faces import AlignOptions

_SHOWN = 12


@command(
    model=AlignOptions,
    positional=("photographs",),
    example="natocc align photographs --points points.csv --out own",
)
def align(options: AlignOptions) -> CommandReport:
    """Crop faces out of photographs as FFHQ and RealOcc have them, by the points of a table.

    Rows and photographs that can't be used are named, and the exit code is 1 then.
    """
    from tasks.align_faces import align_faces

    with progress("faces") as on_progress:
        report = align_faces(options, report=show_problem, on_progress=on_progress)
    print_table([asdict(face) for face in report.faces[:_SHOWN]])
    count = len(report.faces)
    say(f"{count_of(count, 'faces')} in {options.out}, the first {min(count, _SHOWN)} shown")
    refused = any(problem.action == "refused" for problem in report.problems)
    fields = {
        "out": str(options.out),
        "faces": [asdict(face) for face in report.faces],
        "problems": [str(problem) for problem in report.problems],
    }
    return CommandReport(fields, 1 if refused else 0)
