"""COFW's faces into a table beside the bank: landmarks and occlusion bits; there is no mask to them."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assets.cofw import LICENCE, CofwFace, read_cofw, read_pixels
from assets.problems import Problem, Report
from shards import storage

TABLE = "cofw.parquet"

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


def write_cofw(raw: Path, bank: str, note: Report) -> dict[str, int]:
    """Write the table of all faces whose image can be read; returns how many of each part.

    Without any such face there is no table, and an earlier bank's is removed. Raises ValueError where
    there are files and h5py is missing.
    """
    rows = [row for face in read_cofw(raw, note) if (row := _row(face, raw, note)) is not None]
    url = storage.join(bank, TABLE)
    if not rows:
        storage.remove(url)
        return {}
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), stream)
    storage.write_bytes(url, stream.getvalue())
    parts = Counter("test" if row["split"] == "test" else "train" for row in rows)
    genuine = sum(row["split"] == "train" and bool(row["genuine"]) for row in rows)
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
