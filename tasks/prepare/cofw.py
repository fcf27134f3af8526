"""COFW's faces into a table beside the bank: landmarks and occlusion bits; there is no mask to them."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from assets.datasets.cofw import LICENCE, CofwFace, cofw_files, read_cofw, read_pixels
from assets.problems import Problem, Report
from assets.reading.folders import relative
from manifests.code_identity import code_identity
from manifests.lineage import digest, library_versions
from shards import storage
from shards.table import read_table
from tasks.prepare.fingerprints import describe, mark_of
from tasks.prepare.records import Record, holds, read_record, remove_record, write_record

if TYPE_CHECKING:
    from tasks.prepare.shards import Work

# Of its record, and of its table.
NAME, TABLE = "cofw_table", "cofw.parquet"

SCHEMA = pa.schema(
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


def prepare_cofw(work: Work, note: Report) -> tuple[Record, dict[str, int]] | None:
    """The table of all faces whose image can be read: its record, and how many there are of each part.

    Kept where the files are those it was made from; None where there are none, or a folder without
    them. Raises ValueError where there are files and h5py is missing.
    """
    paths = list(cofw_files(work.raw))
    if not paths:
        _ = list(read_cofw(work.raw, note))
        return None
    key = digest(
        [NAME, code_identity(__name__), library_versions("h5py"), [describe(one, work.raw) for one in paths]]
    )
    record = read_record(work.bank, NAME)
    if record is not None and holds(record, key, work.raw, work.bank, reread=work.reread):
        for problem in record.problems:
            note(problem)
        return record, _counts(work.bank, record)
    work.open_bank()
    remove_record(work.bank, NAME)
    record = _write(work, key, paths)
    for problem in record.problems:
        note(problem)
    return record, _counts(work.bank, record)


def _write(work: Work, key: str, paths: list[Path]) -> Record:
    problems: list[Problem] = []
    inputs = {relative(path, work.raw): mark_of(path) for path in paths}
    faces = read_cofw(work.raw, problems.append)
    rows = [row for face in faces if (row := _row(face, work.raw, problems.append)) is not None]
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), stream)
    data = stream.getvalue() if rows else b""
    if rows:
        storage.write_bytes(storage.join(work.bank, TABLE), data)
    else:
        storage.remove(storage.join(work.bank, TABLE))
    record = Record(
        key=key,
        inputs=inputs,
        entries=(),
        problems=tuple(problems),
        file=TABLE,
        size=len(data),
        sha256=storage.sha256_bytes(data),
    )
    write_record(work.bank, NAME, record)
    return record


def _counts(bank: str, record: Record) -> dict[str, int]:
    if not record.size:
        return {}
    table = read_table(storage.read_bytes(storage.join(bank, TABLE)))
    rows = table.to_pylist()
    genuine = sum(row["split"] == "train" and bool(row["genuine"]) for row in rows)
    parts = Counter("test" if row["split"] == "test" else "train" for row in rows)
    return {"train": parts["train"], "train_genuine": genuine, "test": parts["test"]}


def _row(face: CofwFace, raw: Path, note: Report) -> dict[str, object] | None:
    where = face.file.relative_to(raw).as_posix()
    try:
        pixels = read_pixels(face)
    except OSError as error:
        note(Problem(path=f"{where} image {face.index}", expected="an image", got=f"a damaged one ({error})"))
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
        "licence": LICENCE,
    }
