"""Import answers of a review into the raw folder: corrected masks with provenance, and verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as day
from pathlib import Path
from typing import Protocol

from assets.bank.reader import Bank
from assets.datasets.celebamask.reader import CELEBAMASK_FOLDER, CELEBAMASK_IMAGES
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.face_metadata.provenance import PROVENANCE, add_provenance
from assets.face_metadata.verdicts import VERDICTS_FILE, VerdictRow, encode_verdicts, read_verdicts
from assets.problems import Problem, ReportProblem
from assets.review.formats import form_named
from assets.review.index import Answer, read_review
from natocc.files.read import is_there, read_table_bytes
from shards import storage
from shards.check_output import check_folder
from shards.lock import one_writer
from tasks.progress import OnProgress, ignore_progress, tracked
from tasks.review.check_answer import Finding, ReviewCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """Numbers of faces. ``written`` is False if problems prevented writing.

    ``unchanged`` masks equal those that were sent. ``known`` masks are already in the raw folder.
    ``unanswered`` faces have no sound answer.
    """

    corrected: int
    verdicts: int
    unchanged: int
    known: int
    unanswered: int
    problems: tuple[Problem, ...]
    written: bool


@one_writer("raw", below=CORRECTED_FOLDER)
def import_review(
    folder: Path,
    raw: Path,
    bank_url: str,
    *,
    form: str | None = None,
    who: str = "",
    date: str = "",
    keep_going: bool = False,
    report: ReportProblem = lambda problem: None,
    on_progress: OnProgress = ignore_progress,
) -> ImportReport:
    """Check every answer, then write masks, ``provenance.jsonl`` and ``verdicts.csv`` below ``raw``.

    ``form`` is the format of the answers, by default that of the export. ``who`` and ``date`` (YYYY-MM-DD)
    apply to all answers; the default date is that of the annotation file. With a problem nothing is written,
    unless ``keep_going`` skips those answers. An unchanged mask is not a correction. The same call completes
    an interrupted import. ``on_progress`` counts answers; the total is the number of exported faces.

    Raises FileNotFoundError if the review, the bank or the photographs are missing, ValueError for a damaged
    index, table or annotation file, and for a malformed date.
    """
    check_day(date)
    review = read_review(folder)
    read = form_named(form or review.form).read
    if not (raw / CELEBAMASK_FOLDER / CELEBAMASK_IMAGES).is_dir():
        raise FileNotFoundError(
            f"{raw}: expected {CELEBAMASK_FOLDER}/{CELEBAMASK_IMAGES} in it, got no such folder"
        )
    target, problems = raw / CORRECTED_FOLDER, list[Problem]()
    check_folder(str(target))

    def note(problem: Problem) -> None:
        problems.append(problem)
        report(problem)

    rows = read_verdicts(target / VERDICTS_FILE)
    check = ReviewCheck(review, folder, Bank(bank_url), raw, who, date)
    answers = tracked(read(folder, review, note), on_progress, len(review.faces))
    found = checked_answers(answers, check, folder, note)
    verdicts = {
        finding.id: finding.verdict
        for finding in found
        if finding.verdict and rows.get(finding.id) != finding.verdict
    }
    written = keep_going or not any(problem.action == "refused" for problem in problems)
    if written:
        _write(target, found, rows, verdicts)
    states = Counter(finding.state for finding in found)
    return ImportReport(
        corrected=states["corrected"],
        verdicts=len(verdicts),
        unchanged=states["unchanged"],
        known=states["known"],
        unanswered=len(review.faces) - len(found),
        problems=tuple(problems),
        written=written,
    )


def check_day(date: str) -> None:
    """Raise ValueError for what is neither "" nor a day as YYYY-MM-DD."""
    try:
        if date and day.fromisoformat(date).isoformat() != date:
            raise ValueError
    except ValueError as error:
        raise ValueError(f"--date {date}: expected a day as YYYY-MM-DD") from error


class AnswerCheck(Protocol):
    """Decides what an answer says."""

    def check(self, answer: Answer, report: ReportProblem) -> Finding | None:
        """The finding; None and a reported problem for an answer that can't be used."""
        ...


def checked_answers(
    answers: Iterable[Answer], check: AnswerCheck, folder: Path, note: ReportProblem
) -> list[Finding]:
    """Findings of sound answers, by id. Of a face with several answers none is used; each is a Problem."""
    first: dict[str, str] = {}
    doubled: set[str] = set()
    found: list[Finding] = []
    for answer in answers:
        name, where = answer.face.id, answer.path.relative_to(folder).as_posix()
        if name not in first:
            first[name] = where
            if finding := check.check(answer, note):
                found.append(finding)
            continue
        pairs = [(where, first[name])] if name in doubled else [(first[name], where), (where, first[name])]
        doubled.add(name)
        for path, other in pairs:
            got = f"two of {name}, the other in {other}; neither is used"
            note(Problem(path=path, expected="one answer a face", got=got))
    return sorted((one for one in found if one.id not in doubled), key=lambda one: one.id)


def _write(
    target: Path, found: list[Finding], rows: dict[str, VerdictRow], verdicts: dict[str, VerdictRow]
) -> None:
    """Write masks before their provenance, so that the next import completes an interrupted one."""
    corrections = [(finding.data, finding.correction) for finding in found if finding.correction]
    for data, correction in corrections:
        storage.write_bytes(str(target / correction.file), data)
    if corrections:
        path = target / PROVENANCE
        before = read_table_bytes(path) if is_there(path) else b""
        storage.write_bytes(str(path), add_provenance(before, [correction for _, correction in corrections]))
    if verdicts:
        storage.write_bytes(str(target / VERDICTS_FILE), encode_verdicts(rows | verdicts))
