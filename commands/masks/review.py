"""``natocc review``: faces to an annotation tool, and its corrections back into the raw folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assets.problems import Problem
from commands.console import console, errors, one_clear_message

review = typer.Typer(help="Hand masks to an annotation tool and take the corrected ones back.")


@review.command(name="export")
def export_command(
    bank: Annotated[str, typer.Option(help="Folder or URL of the bank.")],
    out: Annotated[Path, typer.Option(help="A new folder for images and masks.")],
    form: Annotated[str, typer.Option("--format", help="labelme, coco or segments.")] = "labelme",
    queue: Annotated[str | None, typer.Option(help="Parquet table that says the order.")] = None,
    count: Annotated[int | None, typer.Option("-n", help="How many faces; else all.")] = None,
    ids: Annotated[Path | None, typer.Option(help="A list of faces to take, one a line.")] = None,
) -> None:
    """Write images and face masks for an annotation tool, the most suspicious first."""
    from tasks.review.export import export_review

    with one_clear_message():
        report = export_review(bank, out, form=form, queue=queue, count=count, ids=ids)
    console.print(f"{report.folder}: {report.faces} faces for {form}, by {report.order}", markup=False)


@review.command(name="import")
def import_command(
    folder: Annotated[Path, typer.Argument(help="The folder that was exported, with the answers in it.")],
    raw: Annotated[Path, typer.Option(help="Folder that holds CelebAMask-HQ.")],
    bank: Annotated[str, typer.Option(help="The bank that the faces were exported from.")],
    form: Annotated[str | None, typer.Option("--format", help="Format of the answers, if another.")] = None,
    who: Annotated[str, typer.Option(help="Who made the corrections.")] = "",
    date: Annotated[str, typer.Option(help="YYYY-MM-DD; else the annotation file's.")] = "",
    keep_going: Annotated[bool, typer.Option(help="Leave out answers with a problem.")] = False,
) -> None:
    """Check all answers, then write corrected masks, their provenance and verdicts below RAW."""
    from tasks.review.import_answers import import_review

    def show(problem: Problem) -> None:
        note = "" if problem.action == "refused" else " (converted)"
        errors.print(f"{problem}{note}", markup=False)

    with one_clear_message():
        report = import_review(
            folder, raw, bank, form=form, who=who, date=date, keep_going=keep_going, report=show
        )
    counts = (
        (report.corrected, "corrected masks"),
        (report.verdicts, "verdicts"),
        (report.unchanged, "unchanged"),
        (report.known, "known already"),
        (report.unanswered, "without an answer"),
    )
    said = ", ".join(f"{count} {name}" for count, name in counts)
    faults = sum(problem.action == "refused" for problem in report.problems)
    if report.written:
        console.print(f"{raw}: {said}{f'; {faults} problems' if faults else ''}", markup=False)
        return
    errors.print(
        f"nothing written, because of {faults} problems (else: {said}); mend them, or "
        "leave those answers out with --keep-going",
        markup=False,
    )
    raise typer.Exit(1)
