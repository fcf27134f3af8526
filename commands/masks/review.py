"""``natocc review``: export faces to an annotation tool, and import its corrections into the raw folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assets.wording import count_of
from commands.console import say, show_problem, warn
from commands.progress import progress
from commands.register import CommandReport, command

if TYPE_CHECKING:
    from tasks.review.import_answers import ImportReport

review = typer.Typer(
    help="Hand masks to an annotation tool and take the corrected ones back.", no_args_is_help=True
)
Form = Literal["labelme", "coco", "segments"]


@command(
    example="natocc review export --bank data/bank --out review --queue data/queue/queue.parquet --limit 20",
)
def export(
    bank: Annotated[str, typer.Option(help="Folder or URL of the bank.")],
    out: Annotated[Path, typer.Option(help="A new folder for images and masks.")],
    form: Annotated[Form, typer.Option("--format", help="What the annotation tool reads.")] = "labelme",
    queue: Annotated[str | None, typer.Option(help="Parquet table that gives the order.")] = None,
    limit: Annotated[int | None, typer.Option(help="The first N faces alone.")] = None,
    ids: Annotated[Path | None, typer.Option(help="A list of faces to take, one a line.")] = None,
) -> CommandReport:
    """Write images and face masks for an annotation tool, the masks most likely wrong first."""
    from tasks.review.export import export_review

    with progress("faces") as on_progress:
        report = export_review(
            bank, out, form=form, queue=queue, count=limit, ids=ids, on_progress=on_progress
        )
    say(f"{report.folder}: {count_of(report.faces, 'faces')} for {form}, by {report.order}")
    return CommandReport({"out": report.folder, "faces": report.faces, "format": form, "order": report.order})


@command(example="natocc review import review --raw data/raw --bank data/bank --who ada")
def import_(
    folder: Annotated[Path, typer.Argument(help="The folder that was exported, with the answers in it.")],
    raw: Annotated[Path, typer.Option(help="Folder that holds CelebAMask-HQ.")],
    bank: Annotated[str, typer.Option(help="The bank that the faces were exported from.")],
    form: Annotated[Form | None, typer.Option("--format", help="Format of the answers, if another.")] = None,
    who: Annotated[str, typer.Option(help="Who made the corrections.")] = "",
    date: Annotated[str, typer.Option(help="YYYY-MM-DD; else the annotation file's.")] = "",
    keep_going: Annotated[bool, typer.Option(help="Leave out answers with a problem.")] = False,
) -> CommandReport:
    """Check all answers, then write corrected masks, their provenance and verdicts below RAW."""
    from tasks.review.import_answers import import_review

    with progress("answers") as on_progress:
        report = import_review(
            folder,
            raw,
            bank,
            form=form,
            who=who,
            date=date,
            keep_going=keep_going,
            report=show_problem,
            on_progress=on_progress,
        )
    faults = sum(problem.action == "refused" for problem in report.problems)
    problems = count_of(faults, "problems")
    if report.written:
        say(f"{raw}: {_summary(report)}{f'; skipped because of {problems}' if faults else ''}")
    else:
        warn(
            f"nothing written because of {problems}; the other answers: {_summary(report)}. Fix "
            "the problems, or skip those answers with --keep-going"
        )
    fields = {
        "corrected_masks": report.corrected,
        "verdicts": report.verdicts,
        "unchanged": report.unchanged,
        "known_already": report.known,
        "without_an_answer": report.unanswered,
        "written": report.written,
        "problems": report.problems,
    }
    return CommandReport(fields, code=0 if report.written else 1)


def _summary(report: ImportReport) -> str:
    return ", ".join(
        (
            count_of(report.corrected, "new corrected masks"),
            count_of(report.verdicts, "new verdicts"),
            f"{count_of(report.unchanged, 'masks')} unchanged by the annotator",
            f"{count_of(report.known, 'masks')} imported before",
            f"{count_of(report.unanswered, 'faces')} without a usable answer",
        )
    )


export.add_to(review, "export")
import_.add_to(review, "import")
