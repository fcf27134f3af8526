"""``natocc export-model``: a trained network for other programs."""

from __future__ import annotations

from commands.console import say
from commands.register import CommandReport, command
from tasks.infer.options import ExportOptions


@command(
    model=ExportOptions,
    positional=("checkpoint",),
    packages=("torch",),
    example="natocc export-model data/segmenter/segmenter.pt --out exported",
)
def export_model(options: ExportOptions) -> CommandReport:
    """Write a checkpoint's network as ONNX, or for MMSegmentation, with a card of what it was made of."""
    from tasks.infer.export_model import export_model as carry_out

    report = carry_out(options)
    say(*report.files)
    if report.largest_difference is not None:
        say(f"scores differ from torch's by {report.largest_difference:.1e} at most")
    return CommandReport(
        {
            "out": str(options.out),
            "files": report.files,
            "variant": report.variant,
            "classes": report.classes,
            "size": report.size,
            "largest_difference": report.largest_difference,
        }
    )
