"""Export faces of a bank, with their masks, to a folder for an annotation tool."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from assets.bank.reader import Bank, Entry
from assets.problems import BadInput, unreadable
from assets.reading.naming import id_of
from assets.review.index import REVIEW_IMAGES, ReviewFace, pixels_sha256
from assets.text.lines import bare_name, clean
from assets.text.name_list import read_names
from assets.wording import count_of
from natocc.codecs import decode_plane
from natocc.files.text import read_text
from natocc.geometry import Image
from shards import storage
from shards.lock import one_writer
from shards.table import read_table
from tasks.face_metadata import recorded_score
from tasks.progress import OnProgress, ignore_progress, tracked
from tasks.review.write import ShownFace, check_new_review, write_review

_QUEUE = "a Parquet table with the columns id, source, score"
# A face and its score; None if the score is unknown.
_Scored = tuple[Entry, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """The folder, the number of faces written, and the basis of their order."""

    folder: Path
    faces: int
    order: str  # "queue", "mask score" or "id"


@one_writer("out")
def export_review(
    bank_url: str,
    out: Path,
    *,
    form: str,
    queue: str | None = None,
    count: int | None = None,
    ids: Path | None = None,
    on_progress: OnProgress = ignore_progress,
) -> ExportReport:
    """Write images, masks and ``review.json`` to ``out``, the worst mask first.

    ``queue`` is a Parquet table with ``id``, ``source`` and ``score``, whose order is kept. Without it faces
    come by the mask scores in the bank, else by id. ``ids`` is a list of faces to export, one per line;
    ``count`` is their number. The index is written last. An export that fails or is interrupted removes what
    it has written, so that the same call can be repeated. ``on_progress`` counts faces that are written.

    Raises FileNotFoundError if a file or the bank is missing, FileExistsError if ``out`` is not empty,
    ValueError for an unknown format, face or column, InUse if another run writes there.
    """
    if count is not None and count < 1:
        raise ValueError(f"--limit: expected at least 1 face, got {count}")
    check_new_review(out, form)
    bank = Bank(bank_url)
    faces = {entry.id: entry for entry in bank.entries("face")}
    if queue is None:
        ordered, order = _by_score(bank, faces)
    else:
        ordered, order = _queued(queue, faces), "queue"
    if ids is not None:
        wanted = _listed(ids, faces)
        ordered = [(entry, score) for entry, score in ordered if entry.id in wanted]
    ordered = ordered[:count]
    if not ordered:
        raise ValueError(f"{bank_url}: expected faces to review, got none of those asked for")
    numbered = enumerate(tracked(ordered, on_progress, len(ordered)), 1)
    shown = (_shown(bank, entry, number, score) for number, (entry, score) in numbered)
    return ExportReport(folder=out, faces=write_review(out, form, shown), order=order)


def _shown(bank: Bank, entry: Entry, number: int, score: float | None) -> ShownFace:
    members = bank.read(entry)
    mask = decode_plane(members["mask.png"])
    face = _review_face(bank, entry, members, mask, number, score)
    return ShownFace(face=face, jpeg=members["jpg"], mask=mask)


def _review_face(
    bank: Bank, entry: Entry, members: dict[str, bytes], mask: Image, number: int, score: float | None
) -> ReviewFace:
    """The face's row in the index. The pixels that a tool will return are not known yet."""
    metadata, pixels = bank.metadata(entry), pixels_sha256(mask)
    return ReviewFace(
        order=number,
        id=entry.id,
        source=entry.source,
        score=score,
        image=f"{REVIEW_IMAGES}/{entry.id}.jpg",
        image_sha256=storage.sha256_bytes(members["jpg"]),
        image_size=(entry.height, entry.width),
        mask_sha256=storage.sha256_bytes(members["mask.png"]),
        mask_pixels=pixels,
        returned_pixels=pixels,
        mask_size=(mask.shape[0], mask.shape[1]),
        corrected_sha256=metadata.get("mask_sha256") if metadata.get("mask") == "corrected" else None,
    )


def _queued(url: str, faces: dict[str, Entry]) -> list[_Scored]:
    """The faces of a queue in its order."""
    if not storage.exists(url):
        raise FileNotFoundError(
            f"{url}: expected a queue (`natocc correct-masks` makes one), got no such file"
        )
    try:
        table = read_table(storage.read_bytes(url))
    except (pa.ArrowException, ValueError) as error:
        raise BadInput(_QUEUE, "another or a damaged file", url) from error
    if lacking := {"id", "source", "score"} - set(table.column_names):
        raise BadInput(_QUEUE, f"none named {', '.join(sorted(lacking))}", url)
    rows = [(str(row["id"]), row["source"], row["score"]) for row in table.to_pylist()]
    names = [name for name, _, _ in rows]
    other = [name for name, source, _ in rows if name not in faces or faces[name].source != source]
    if other or len(set(names)) < len(names):
        got = f"{count_of(len(other), 'others')}, the first {other[0]}" if other else "one of them twice"
        raise ValueError(f"{url}: expected faces of this bank, each once, got {got}; make the queue again")
    return [(faces[name], _finite(score)) for name, _, score in rows]


def _by_score(bank: Bank, faces: dict[str, Entry]) -> tuple[list[_Scored], str]:
    """All faces, the worst mask first and faces without a score last, and the basis of the order."""
    scored: list[_Scored] = []
    for entry in faces.values():
        recorded = recorded_score(bank.metadata(entry))
        scored.append((entry, recorded.score if recorded else None))
    known = any(score is not None for _, score in scored)
    scored.sort(key=lambda item: -math.inf if item[1] is None else item[1], reverse=True)
    return scored, "mask score" if known else "id"


def _finite(score: object) -> float | None:
    return float(score) if isinstance(score, int | float) and math.isfinite(score) else None


def _listed(path: Path, faces: dict[str, Entry]) -> frozenset[str]:
    """The ids of a list, which may also be unpadded ids or names of photographs."""
    ids = {name: face for face in faces for name in (face, bare_name(face))}
    try:
        names = read_names(read_text(path), lambda name: _id_of(name, ids))
    except OSError as error:
        raise unreadable(error, "a list in UTF-8", str(path)) from error
    if names.unmatched:
        got = f"{count_of(len(names.unmatched), 'others')}, the first {names.unmatched[0]}"
        raise ValueError(f"{path}: expected ids of faces in the bank, got {got}")
    if names.unclear:
        raise ValueError(f"{path}: expected one face a line, got others: {names.unclear}")
    return frozenset(names.found)


def _id_of(name: str, ids: dict[str, str]) -> str | None:
    bare = bare_name(name)
    return ids.get(clean(name)) or ids.get(bare) or ids.get(id_of(bare))
