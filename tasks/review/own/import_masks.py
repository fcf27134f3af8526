"""Import the masks of annotators as those of a test set of one's own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from assets.datasets.realocc import OCCLUDED_MASKS
from assets.face_metadata.provenance import PROVENANCE, Correction, add_provenance, read_provenance
from assets.pictures.polarity import FACE_MASK, check_polarity, polarity_doubts, refuse_full
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.folders import first_folder
from assets.review.formats import form_named
from assets.review.index import Answer, Review, is_as_sent, read_review
from natocc.codecs import encode_png
from natocc.files.read import hash_file, is_there, read_table_bytes
from shards import storage
from shards.lock import one_writer
from tasks.progress import OnProgress, ignore_progress, tracked
from tasks.review.check_answer import AnswerState, Finding
from tasks.review.import_answers import ImportReport, check_day, checked_answers
from tasks.review.own.pictures import own_pictures, shown_picture

_LIST = "split/val.txt"
_EXCLUDED = "excluded"


@one_writer("own")
def import_own(
    folder: Path,
    own: Path,
    *,
    form: str | None = None,
    who: str = "",
    date: str = "",
    keep_going: bool = False,
    report: ReportProblem = lambda problem: None,
    on_progress: OnProgress = ignore_progress,
) -> ImportReport:
    """Check every answer, then write ``mask``, ``provenance.jsonl`` and ``split/val.txt`` below ``own``.

    Unlike the import of corrections, a mask that comes back unchanged is written too: somebody looked at it.
    A picture with the verdict ``exclude`` has no mask, and is not on the list, which names every picture with
    a mask. With a problem nothing is written, unless ``keep_going`` skips those answers.

    Raises FileNotFoundError if the review is missing, BadInput for a folder without pictures, ValueError for
    a damaged index or annotation file, and for a malformed date.
    """
    check_day(date)
    review = read_review(folder)
    problems: list[Problem] = []

    def note(problem: Problem) -> None:
        problems.append(problem)
        report(problem)

    own = own.absolute()
    own_pictures(own, note)
    check = _OwnCheck(review, folder, own, who, date, note)
    answers = form_named(form or review.form).read(folder, review, note)
    found = checked_answers(tracked(answers, on_progress, len(review.faces)), check, folder, note)
    written = keep_going or not any(problem.action == "refused" for problem in problems)
    if written:
        excluded = [review.by_id[one.id] for one in found if one.state == "none"]
        _write(own, check.masks, found, {f"{Path(face.source).stem}.png" for face in excluded}, note)
    states = Counter(finding.state for finding in found)
    return ImportReport(
        corrected=states["corrected"],
        verdicts=states["none"],
        unchanged=states["unchanged"],
        known=states["known"],
        unanswered=len(review.faces) - len(found),
        problems=tuple(problems),
        written=written,
    )


class _OwnCheck:
    """Checks answers one by one, against the pictures and masks that are there now."""

    def __init__(
        self, review: Review, folder: Path, own: Path, who: str, date: str, note: ReportProblem
    ) -> None:
        self._review, self._folder, self._own, self._who, self._date = review, folder, own, who, date
        self.masks = first_folder(own, *OCCLUDED_MASKS) or own / "mask"
        self._lines = read_provenance(own, own, note)

    def check(self, answer: Answer, report: ReportProblem) -> Finding | None:
        """The finding, of state none if the picture is excluded; None and a reported problem otherwise."""
        where = answer.path.relative_to(self._folder).as_posix()
        try:
            self._check_picture(answer)
            name = f"{Path(answer.face.source).stem}.png"
            if answer.verdict == _EXCLUDED:
                self._check_existing(answer, name, "")
                return Finding(id=answer.face.id, state="none")
            if answer.verdict is not None:
                got = f"{answer.verdict}, which means nothing for a test set"
                report(Problem(path=where, expected="the verdict exclude or none", got=got, action="noted"))
            if answer.mask is None:
                return None
            if not answer.mask.any():
                raise BadInput("a mask with pixels, or the verdict exclude", "an empty mask")
            refuse_full(answer.mask, FACE_MASK.name)
            for problem in polarity_doubts(where, check_polarity(answer.mask, FACE_MASK), FACE_MASK.name):
                report(problem)
            return self._finding(answer, name, encode_png(answer.mask))
        except BadInput as error:
            report(error.problem(where))
            return None

    def _check_picture(self, answer: Answer) -> None:
        face = answer.face
        path = self._own / face.source
        if not path.is_file():
            raise BadInput(f"the picture {face.source} in {self._own}", "no such file")
        if storage.sha256_bytes(shown_picture(path, self._own).jpeg) != face.image_sha256:
            raise BadInput(f"{face.source} as it was exported", "another picture now; export again")

    def _check_existing(self, answer: Answer, name: str, digest: str) -> str:
        """The hash of the mask that is there, "" without one. Raises BadInput if it can't be replaced."""
        path = self.masks / name
        if not is_there(path):
            return ""
        now, lines = hash_file(path), self._lines.get(name, [])
        ours = bool(lines) and lines[-1].sha256 == now and lines[-1].review == self._review.sha256
        if not ours and now not in (digest, answer.face.mask_sha256):
            got = f"{self.masks.name}/{name} of another origin; move it away, or export again with it"
            raise BadInput("no mask yet, that of the export, or one of this review", got)
        return now

    def _finding(self, answer: Answer, name: str, data: bytes) -> Finding:
        face, digest = answer.face, storage.sha256_bytes(data)
        now = self._check_existing(answer, name, digest)
        if now == digest and any(line.sha256 == digest for line in self._lines.get(name, [])):
            return Finding(id=face.id, state="known")
        state: AnswerState = "unchanged" if is_as_sent(answer) else "corrected"
        correction = Correction(
            id=face.id,
            file=name,
            sha256=digest,
            format=answer.form,
            tool=answer.tool,
            annotation=answer.path.relative_to(self._folder).as_posix(),
            annotation_sha256=hash_file(answer.path),
            who=self._who or answer.who,
            date=self._date or answer.date,
            date_from="given" if self._date else answer.date_from,
            previous_sha256=face.mask_sha256,
            review=self._review.sha256,
        )
        return Finding(id=face.id, state=state, data=data, correction=correction)


def _write(own: Path, masks: Path, found: list[Finding], excluded: set[str], report: ReportProblem) -> None:
    """Write masks before their provenance, so that the next import completes an interrupted one."""
    corrections = [(one.data, one.correction) for one in found if one.correction]
    for data, correction in corrections:
        storage.write_bytes(str(masks / correction.file), data)
    for name in excluded:
        (masks / name).unlink(missing_ok=True)
    if corrections:
        path = own / PROVENANCE
        before = read_table_bytes(path) if is_there(path) else b""
        storage.write_bytes(str(path), add_provenance(before, [correction for _, correction in corrections]))
    named = [path.stem for path in own_pictures(own, report).values() if is_there(masks / f"{path.stem}.png")]
    storage.write_bytes(str(own / _LIST), "".join(f"{name}\n" for name in named).encode())
