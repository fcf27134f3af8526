"""``natocc segment``: masks of pictures by a trained network."""

from __future__ import annotations

from assets.wording import count_of
from commands.console import print_table, say, show_problem
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.infer.options import SegmentOptions

_SHOWN = 12


@command(
    model=SegmentOptions,
    positional=("images",),
    example="natocc segment photo.jpg --checkpoint data/segmenter/segmenter.pt --out masks",
)
def segment(options: SegmentOptions) -> CommandReport:
    """Segment pictures of any size: a mask and an overlay of each.

    Pictures that can't be read are named, and the exit code is 1 then.
    """
    from tasks.infer.segment import segment_pictures

    with progress("pictures") as on_progress:
        report = segment_pictures(options, report=show_problem, on_progress=on_progress)
    rows = [{"mask": mask, "share": f"{share:.3f}"} for mask, share in report.shares.items()]
    print_table(rows[:_SHOWN])
    say(f"{count_of(len(rows), 'masks')} in {options.out}, the first {min(len(rows), _SHOWN)} shown")
    fields = {
        "out": str(options.out),
        "masks": report.shares,
        "overlays": report.overlays,
        "classes": report.classes,
        "size": report.size,
        "problems": [str(problem) for problem in report.problems],
    }
    return CommandReport(fields, 1 if report.problems else 0)
