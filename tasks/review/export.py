"""Faces of a bank, with their masks, into a folder for an annotation tool."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from assets.bank.reader import Bank, Entry
from assets.reading.naming import id_of
from assets.review.formats import form_named
from assets.review.index import IMAGES, INDEX, ReviewFace, encode_review, pixels_sha256
from natocc.codecs import decode_plane
from natocc.file_names import is_number
from natocc.occluders.bank_files import read_span
from shards import storage
from shards.table import read_table
from tasks.progress import OnProgress, ignore_progress, tracked

# The face and its score; None where nothing tells how suspicious it is.
Choice = tuple[Entry, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What was written: the folder, how many faces, and what their order follows."""

    folder: Path
    faces: int
    order: str  # "queue", "suspicion" or "id"


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
    """Write images, masks and ``review.json`` to ``out``, the most suspicious face first.

    ``queue`` is a Parquet table with ``id``, ``source`` and ``score`` in that order; without it the
    order is that of the suspicion in the bank, else that of the ids. ``ids`` is a list of faces to
    take, one a line, ``count`` how many. The index comes last, so a torn export is no review.
    ``on_progress`` counts faces that are written.

    Raises FileNotFoundError where a file or the bank is missing, FileExistsError where ``out`` holds
    anything, ValueError for an unknown format, face or column.
    """
    write = form_named(form).writer
    if count is not None and count < 1:
        raise ValueError(f"-n: expected at least 1 face, got {count}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out}: expected a new or empty folder, got one with files in it")
    bank = Bank(bank_url)
    faces = {entry.id: entry for entry in bank.entries("face")}
    if queue is None:
        choices, order = _by_suspicion(bank, faces)
    else:
        choices, order = _queued(queue, faces), "queue"
    if ids is not None:
        wanted = _listed(ids, faces)
        choices = [choice for choice in choices if choice[0].id in wanted]
    choices = choices[:count]
    if not choices:
        raise ValueError(f"{bank_url}: expected faces to review, got none of those asked for")
    (out / IMAGES).mkdir(parents=True)
    writer, written = write(out), []
    for number, (entry, score) in enumerate(tracked(choices, on_progress, len(choices)), 1):
        members = bank.read(entry)
        mask = decode_plane(members["mask.png"])
        name = f"{IMAGES}/{entry.id}.jpg"
        (out / name).write_bytes(members["jpg"])
        pixels = pixels_sha256(mask)
        facts = json.loads(members["json"])
        face = ReviewFace(
            order=number,
            id=entry.id,
            source=entry.source,
            score=score,
            image=name,
            image_sha256=storage.sha256_bytes(members["jpg"]),
            image_size=(entry.height, entry.width),
            mask_sha256=storage.sha256_bytes(members["mask.png"]),
            mask_pixels=pixels,
            returned_pixels=pixels,
            mask_size=(mask.shape[0], mask.shape[1]),
            corrected_sha256=facts.get("mask_sha256") if facts.get("mask") == "corrected" else None,
        )
        written.append(replace(face, returned_pixels=pixels_sha256(writer.add(face, mask))))
    writer.close()
    storage.write_bytes(str(out / INDEX), encode_review(form, tuple(written)))
    return ExportReport(folder=out, faces=len(written), order=order)


def _queued(url: str, faces: dict[str, Entry]) -> list[Choice]:
    """The faces of a queue in its order."""
    if not storage.exists(url):
        raise FileNotFoundError(
            f"{url}: expected a queue (`natocc correct-masks` makes one), got no such file"
        )
    try:
        table = read_table(storage.read_bytes(url))
        if lacking := {"id", "source", "score"} - set(table.column_names):
            raise ValueError(f"none named {', '.join(sorted(lacking))}")
    except (pa.ArrowException, ValueError) as error:
        expected = "a Parquet table with the columns id, source, score"
        raise ValueError(f"{url}: expected {expected}, got {error}") from error
    rows = [(str(row["id"]), row["source"], row["score"]) for row in table.to_pylist()]
    names = [name for name, _, _ in rows]
    other = [name for name, source, _ in rows if name not in faces or faces[name].source != source]
    if other or len(set(names)) < len(names):
        got = f"{len(other)} others, the first {other[0]}" if other else "one of them twice"
        raise ValueError(f"{url}: expected faces of this bank, each once, got {got}; make the queue anew")
    return [(faces[name], _finite(score)) for name, _, score in rows]


def _by_suspicion(bank: Bank, faces: dict[str, Entry]) -> tuple[list[Choice], str]:
    """All faces, the most suspicious first, then those of which the bank says nothing."""
    choices: list[Choice] = []
    for entry in faces.values():
        span = entry.members["json"]
        facts = json.loads(read_span(storage.join(bank.url, entry.shard), span.offset, span.size))
        choices.append((entry, _finite((facts.get("suspicion") or {}).get("score"))))
    known = any(score is not None for _, score in choices)
    choices.sort(key=lambda one: -math.inf if one[1] is None else one[1], reverse=True)
    return choices, "suspicion" if known else "id"


def _finite(score: object) -> float | None:
    return float(score) if isinstance(score, int | float) and math.isfinite(score) else None


def _listed(path: Path, faces: dict[str, Entry]) -> frozenset[str]:
    """The ids of a list, padded or not, or as names of photographs."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: expected a list in UTF-8, got {error}") from error
    names = [line.strip() for line in lines if line.strip()]
    ids = [_id_of(name, faces) for name in names]
    unknown: Sequence[str] = [name for name, one in zip(names, ids, strict=True) if one not in faces]
    if unknown:
        got = f"{len(unknown)} others, the first {unknown[0]}"
        raise ValueError(f"{path}: expected ids of faces in the bank, got {got}")
    return frozenset(ids)


def _id_of(name: str, faces: dict[str, Entry]) -> str:
    if name in faces:
        return name
    suffix = Path(name).suffix
    return id_of(name) if is_number(name) or not suffix else id_of(name.removesuffix(suffix))
