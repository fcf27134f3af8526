"""Check one answer of a review against the bank and the raw folder, and decide what to write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets.bank.reader import Bank, Entry
from assets.datasets.celebamask.reader import photograph_stems
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER, corrected_masks
from assets.face_metadata.provenance import Correction, read_provenance
from assets.face_metadata.verdicts import VerdictRow
from assets.pictures.polarity import FACE_MASK, check_against, polarity_doubts, refuse_full
from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.review.index import Answer, Review, pixels_sha256
from natocc.codecs import decode_plane, encode_png
from natocc.files.read import MOST_HASHED, hash_file, is_there
from natocc.geometry import Image
from shards.storage import sha256_bytes

# unchanged: the mask is the one that was sent; known: it is already in the raw folder.
AnswerState = Literal["corrected", "unchanged", "known", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sound answer. ``data`` is the mask's file and ``correction`` its line, if any."""

    id: str
    state: AnswerState
    data: bytes = b""
    correction: Correction | None = None
    verdict: VerdictRow | None = None


class ReviewCheck:
    """Checks answers one by one. Each check reads the face from the bank; masks are kept as encoded files.

    ``who`` and ``date``, if not empty, replace those of the answers. Faults of the raw folder that have
    nothing to do with the review are ignored here; preparing reports them.
    """

    def __init__(self, review: Review, folder: Path, bank: Bank, raw: Path, who: str, date: str) -> None:
        def ignore(problem: Problem) -> None:
            """Ignore faults of the raw folder."""

        self._review, self._folder, self._bank, self._raw = review, folder, bank, raw
        self._who, self._date = who, date
        self._faces = {entry.id: entry for entry in bank.entries("face")}
        self._masks = corrected_masks(raw, photograph_stems(raw), ignore)
        self._lines = read_provenance(raw / CORRECTED_FOLDER, raw, ignore)
        self._hashes: dict[Path, str] = {}

    def check(self, answer: Answer, report: ReportProblem) -> Finding | None:
        """The finding; None and a reported problem for an answer that can't be used."""
        where = answer.path.relative_to(self._folder).as_posix()
        where = where if answer.path.stem == answer.face.id else f"{where} {answer.face.id}"
        try:
            entry, mask = self._entry_of(answer)
            if answer.mask is not None and answer.mask.any():
                refuse_full(answer.mask, FACE_MASK.name)
                doubt = check_against(answer.mask, mask, "the exported mask")
                for problem in polarity_doubts(where, doubt, FACE_MASK.name):
                    report(problem)
            return self._finding(answer, entry, mask)
        except BadInput as error:
            report(error.problem(where))
            return None

    def _entry_of(self, answer: Answer) -> tuple[Entry, Image]:
        """The face's row and mask in the bank. Raises BadInput if the review shows another face."""
        face = answer.face
        entry = self._faces.get(face.id)
        if entry is None:
            raise BadInput("a face of this bank", f"the unknown face {face.id}")
        members = self._bank.read(entry)
        if sha256_bytes(members["jpg"]) != face.image_sha256:
            raise BadInput("the photograph that was exported", "another in the bank now; export again")
        shown = self._folder / face.image
        if is_there(shown) and self._sha256(shown) != face.image_sha256:
            raise BadInput(f"{face.image} as it was exported", "an image that was changed")
        if not (self._raw / entry.source).is_file():
            raise BadInput(f"the photograph {entry.source} in {self._raw}", "no such file")
        return entry, decode_plane(members["mask.png"])

    def _finding(self, answer: Answer, entry: Entry, banked: Image) -> Finding:
        face, mask = answer.face, answer.mask
        verdict = self._verdict(answer, entry)
        existing = self._existing(face.id)
        pixels = None if mask is None else pixels_sha256(mask)
        ours = existing is not None and self._is_ours(existing)
        if mask is None or (pixels in (face.mask_pixels, face.returned_pixels) and not ours):
            return Finding(id=face.id, state="none" if mask is None else "unchanged", verdict=verdict)
        if not mask.any():
            if answer.verdict == "excluded":
                return Finding(id=face.id, state="none", verdict=verdict)
            raise BadInput("a mask with pixels, or the verdict exclude", "an empty mask")
        data = encode_png(mask)
        digest = sha256_bytes(data)
        if existing is None:
            if pixels_sha256(banked) != face.mask_pixels:
                raise BadInput("the mask that was exported", "another in the bank now; export again")
        elif self._sha256(existing) == digest:
            if any(line.sha256 == digest for line in self._lines.get(existing.name, ())):
                return Finding(id=face.id, state="known", verdict=verdict)
        elif not ours and self._sha256(existing) != face.corrected_sha256:
            got = f"another {existing.relative_to(self._raw).as_posix()} since; export again"
            raise BadInput("the mask that was exported", got)
        correction = Correction(
            id=face.id,
            file=existing.name if existing else f"{Path(entry.source).stem}.png",
            sha256=digest,
            format=answer.form,
            tool=answer.tool,
            annotation=answer.path.relative_to(self._folder).as_posix(),
            annotation_sha256=self._sha256(answer.path),
            who=self._who or answer.who,
            date=self._date or answer.date,
            date_from="given" if self._date else answer.date_from,
            previous_sha256=face.mask_sha256,
            review=self._review.sha256,
        )
        return Finding(id=face.id, state="corrected", data=data, correction=correction, verdict=verdict)

    def _existing(self, face_id: str) -> Path | None:
        """The corrected mask in the raw folder. Raises BadInput if it can't be replaced."""
        paths = self._masks.masks.get(face_id, ())
        if unfit := self._masks.unfit.get(face_id):
            paths = (*paths, unfit)
        if len(paths) > 1 or any(path.suffix != ".png" for path in paths):
            names = ", ".join(path.name for path in paths)
            raise BadInput(f"one corrected mask a face in {CORRECTED_FOLDER}, a .png", f"{names}; keep one")
        return paths[0] if paths else None

    def _is_ours(self, path: Path) -> bool:
        """Return whether an earlier import of this review wrote the mask."""
        lines = self._lines.get(path.name)
        return bool(
            lines and lines[-1].review == self._review.sha256 and lines[-1].sha256 == self._sha256(path)
        )

    def _verdict(self, answer: Answer, entry: Entry) -> VerdictRow | None:
        if answer.verdict is None:
            return None
        return VerdictRow(
            file=Path(entry.source).name,
            verdict=answer.verdict,
            who=self._who or answer.who,
            date=self._date or answer.date,
        )

    def _sha256(self, path: Path) -> str:
        """The hash of a file, computed once: COCO's annotation file holds many faces."""
        if path not in self._hashes:
            self._hashes[path] = _hash(path)
        return self._hashes[path]


def _hash(path: Path) -> str:
    """The hash of a file. Raises BadInput if it can't be read."""
    try:
        return hash_file(path, MOST_HASHED)
    except OSError as error:
        raise unreadable(error, f"the file {path.name}") from error
