"""``natocc review``: export faces to an annotation tool, and import its corrections into the raw folder."""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from pydantic import Field

from assets.wording import count_of
from commands.console import say, show_problem, warn
from commands.progress import progress
from commands.register import CommandReport, Group, command
from tasks.inputs import (
    BankUrl,
    LocalPath,
    NewFolder,
    RawFolder,
    file_of,
    folder_of,
    missing_file,
    missing_folder,
)
from tasks.options import Count, HelpWords, Options, cross_check, input_check

if TYPE_CHECKING:
    from tasks.review.import_answers import ImportReport

review = typer.Typer(
    cls=Group,
    help="Hand masks to an annotation tool and take the corrected ones back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Form = Literal["labelme", "coco", "segments"]
OwnFolder = Annotated[LocalPath, folder_of("pictures (img)")]


class ExportOptions(Options):
    """The faces to review, and where they go."""

    bank: Annotated[BankUrl | None, HelpWords("--own")] = Field(
        None, description="Folder or URL of the bank."
    )
    own: Annotated[OwnFolder | None, HelpWords("--bank")] = Field(
        None, description="Folder of a test set of your own, with pictures in img."
    )
    masks: Annotated[Annotated[LocalPath, folder_of("masks")] | None, HelpWords("none")] = Field(
        None, description="With --own: folder of coarse masks, named like the pictures."
    )
    out: NewFolder = Field(description="A new folder for images and masks.")
    format: Form = Field("labelme", description="What the annotation tool reads.")
    queue: Annotated[Annotated[str, file_of("a Parquet table")] | None, HelpWords("by mask score")] = Field(
        None, description="Parquet table that gives the order."
    )
    limit: Annotated[Count | None, HelpWords("all")] = Field(None, description="The first N faces alone.")
    ids: Annotated[Annotated[LocalPath, file_of("a list of faces")] | None, HelpWords("all")] = Field(
        None, description="A list of faces to take, one a line."
    )

    @cross_check("bank", "own")
    def _one_source(self) -> str | None:
        return _either(self.bank, self.own)

    @cross_check("own", "masks", "queue", "limit", "ids")
    def _whole_set(self) -> str | None:
        if (self.own is None) != (self.masks is None):
            return "expected --own and --masks together"
        given = [name for name in ("queue", "limit", "ids") if getattr(self, name) is not None]
        if self.own is not None and given:
            return f"expected none of --queue, --limit and --ids with --own, got --{given[0]}"
        return None


@command(
    model=ExportOptions,
    example="natocc review export --bank data/bank --out review --queue data/queue/queue.parquet --limit 20",
)
def export(options: ExportOptions) -> CommandReport:
    """Write images and face masks for an annotation tool, the masks most likely wrong first."""
    from tasks.review.export import export_review
    from tasks.review.own.export import export_own

    form, own, masks, bank = options.format, options.own, options.masks, options.bank
    with progress("faces") as on_progress:
        if own is not None and masks is not None:
            report = export_own(
                own, masks, options.out, form=form, report=show_problem, on_progress=on_progress
            )
        else:
            report = export_review(
                str(bank),
                options.out,
                form=form,
                queue=options.queue,
                count=options.limit,
                ids=options.ids,
                on_progress=on_progress,
            )
    say(f"{report.folder}: {count_of(report.faces, 'faces')} for {form}, by {report.order}")
    return CommandReport({"out": report.folder, "faces": report.faces, "format": form, "order": report.order})


class ImportOptions(Options):
    """The answers, and where they go."""

    folder: LocalPath = Field(description="The folder that was exported, with the answers in it.")
    raw: Annotated[RawFolder | None, HelpWords("--own")] = Field(
        None, description="Folder that holds CelebAMask-HQ."
    )
    bank: Annotated[BankUrl | None, HelpWords("--own")] = Field(
        None, description="The bank that the faces were exported from."
    )
    own: Annotated[OwnFolder | None, HelpWords("--raw and --bank")] = Field(
        None, description="The folder of your own that the pictures were exported from."
    )
    format: Annotated[Form | None, HelpWords("that of the export")] = Field(
        None, description="Format of the answers."
    )
    who: Annotated[str, HelpWords("not recorded")] = Field("", description="Who made the corrections.")
    date: Annotated[str, HelpWords("that of the annotation file", values="YYYY-MM-DD")] = Field(
        "", description="The day of the corrections."
    )
    keep_going: bool = Field(False, description="Leave out answers with a problem.")

    @input_check("folder")
    def _review_exists(self) -> str | None:
        if problem := missing_folder(self.folder, "a review"):
            return problem
        return missing_file(self.folder / "review.json", "a review (review.json in it)")

    @cross_check("raw", "bank", "own")
    def _one_place(self) -> str | None:
        if self.own is None and self.raw is not None and self.bank is None:
            return "expected --bank beside --raw"
        return _either(self.raw, self.own, "raw") or _either(self.bank, self.own)

    @cross_check("date")
    def _date_is_a_day(self) -> str | None:
        try:
            sound = not self.date or datetime.date.fromisoformat(self.date).isoformat() == self.date
        except ValueError:
            sound = False
        return None if sound else f"expected a day as YYYY-MM-DD, got {self.date!r}"


@command(
    model=ImportOptions,
    positional=("folder",),
    example="natocc review import review --raw data/raw --bank data/bank --who ada",
)
def import_(options: ImportOptions) -> CommandReport:
    """Check all answers, then write masks, their provenance and verdicts below RAW or your own folder."""
    from tasks.review.import_answers import import_review
    from tasks.review.own.import_masks import import_own

    raw, bank, own = options.raw, options.bank, options.own
    if own is not None:
        carry_out = partial(import_own, options.folder, own)
    else:
        carry_out = partial(import_review, options.folder, Path(raw or ""), str(bank))
    with progress("answers") as on_progress:
        report = carry_out(
            form=options.format,
            who=options.who,
            date=options.date,
            keep_going=options.keep_going,
            report=show_problem,
            on_progress=on_progress,
        )
    faults = sum(problem.action == "refused" for problem in report.problems)
    problems = count_of(faults, "problems")
    if report.written:
        say(f"{own or raw}: {_summary(report)}{f'; skipped because of {problems}' if faults else ''}")
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


def _either(other: object, own: object, name: str = "bank") -> str | None:
    """The problem of --own beside an option that it replaces, or of neither."""
    if (other is None) == (own is None):
        return f"expected --{name} or --own, got {'neither' if own is None else 'both'}"
    return None


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
