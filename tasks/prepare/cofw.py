"""Write COFW's faces into a table beside the bank: landmarks and occlusion bits (COFW has no masks)."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from assets.datasets.cofw.face import CofwFace
from assets.datasets.cofw.reader import COFW_LICENCE, cofw_files, read_cofw, read_pixels
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.folders import relative
from manifests.code_identity import code_identity
from manifests.lineage import digest, library_versions
from shards import storage
from shards.table import read_table
from tasks.prepare.fingerprints import describe_input, mark_of
from tasks.prepare.records import Record, holds, read_record, write_record

if TYPE_CHECKING:
    from tasks.prepare.shards import Work

# Names of its record and of its file.
RECORD, COFW_TABLE = "cofw_table", "cofw.parquet"

COFW_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),  # path of the file, relative to the raw folder
        ("index", pa.int32()),  # row in it, counted from 0
        ("split", pa.string()),
        ("genuine", pa.bool_()),
        ("height", pa.int32()),
        ("width", pa.int32()),
        ("grey", pa.bool_()),
        ("x", pa.list_(pa.float64())),
        ("y", pa.list_(pa.float64())),
        ("occluded", pa.list_(pa.bool_())),
        ("box", pa.list_(pa.float64())),
        ("pixels_sha256", pa.string()),  # of the image's RGB bytes, row by row
        ("licence", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CofwTable:
    """The table, and what it counts."""

    # Faces by split, and genuine faces of the training split; empty if no image could be read.
    faces: dict[str, int]
    # Parquet; empty if no image could be read.
    data: bytes


def prepare_cofw(work: Work, note: ReportProblem) -> CofwTable | None:
    """The table of all faces whose image can be read, to be written with the bank's own.

    An existing table is kept if its files are unchanged. Returns None if there are no files. Raises
    ValueError if there are files but h5py is missing.
    """
    paths = list(cofw_files(work.raw))
    if not paths:
        _ = list(read_cofw(work.raw, note))
        return None
    key = digest(
        [
            RECORD,
            code_identity(__name__),
            library_versions("h5py"),
            [describe_input(path, work.raw) for path in paths],
        ]
    )
    record = read_record(work.bank, RECORD)
    if record is None or not holds(record, key, work.raw, work.bank, reread=work.reread):
        work.open_bank()
        record, data = _make(work, key, paths)
    else:
        data = storage.read_bytes(storage.join(work.bank, COFW_TABLE)) if record.size else b""
    for problem in record.problems:
        note(problem)
    return CofwTable(faces=_counts(data), data=data)


def _make(work: Work, key: str, paths: list[Path]) -> tuple[Record, bytes]:
    """The record, which is written, and the table, which is not: a bank that is there has another."""
    problems: list[Problem] = []
    inputs = {relative(path, work.raw): mark_of(path) for path in paths}
    faces = read_cofw(work.raw, problems.append)
    rows = [row for face in faces if (row := _row(face, work.raw, problems.append)) is not None]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=COFW_SCHEMA), buffer)
    data = buffer.getvalue() if rows else b""
    record = Record(
        key=key,
        inputs=inputs,
        entries=(),
        problems=tuple(problems),
        file=COFW_TABLE,
        size=len(data),
        sha256=storage.sha256_bytes(data),
    )
    write_record(work.bank, RECORD, record)
    return record, data


def _counts(data: bytes) -> dict[str, int]:
    if not data:
        return {}
    rows = read_table(data).to_pylist()
    genuine = sum(row["split"] == "train" and bool(row["genuine"]) for row in rows)
    splits = Counter("test" if row["split"] == "test" else "train" for row in rows)
    return {"train": splits["train"], "train_genuine": genuine, "test": splits["test"]}


def _row(face: CofwFace, raw: Path, note: ReportProblem) -> dict[str, object] | None:
    where = face.file.relative_to(raw).as_posix()
    try:
        pixels = read_pixels(face)
    except BadInput as error:
        note(error.problem(f"{where} image {face.index}"))
        return None
    return {
        "id": face.id,
        "source": where,
        "index": face.index,
        "split": face.split,
        "genuine": face.genuine,
        "height": face.height,
        "width": face.width,
        "grey": face.grey,
        "x": [x for x, _ in face.landmarks],
        "y": [y for _, y in face.landmarks],
        "occluded": list(face.occluded),
        "box": list(face.box),
        "pixels_sha256": storage.sha256_bytes(pixels.tobytes()),
        "licence": COFW_LICENCE,
    }
