"""The inputs of a layout, and the rows and files of its side-cars."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from assets.demo.catalogue import Catalogue, PhotoSource
from assets.demo.photo_cache import PhotoCache
from assets.demo.splits import photo_splits

LayoutRow = dict[str, str]
# Columns of natocc.csv in order; a dataset has only the columns that its rows use.
_COLUMNS = ("file", "photo", "person", "split", "licence", "grade", "landmarks", "rot_deg", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The inputs of a layout: the available pictures, the whole catalogue, and the cache with the files."""

    chosen: Catalogue
    whole: Catalogue
    cache: PhotoCache
    splits: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "splits", photo_splits(self.whole))

    def row(self, file: str, source: PhotoSource, **more: str) -> LayoutRow:
        """The side-car row of one image file."""
        return {
            "file": file,
            "photo": source.photo,
            "split": self.splits[source.photo],
            "licence": source.licence,
            "source": str(source),
            **more,
        }


def sidecar(rows: list[LayoutRow]) -> bytes:
    """natocc.csv: a header, then one line for each image."""
    named = {column for row in rows for column in row}
    stream = io.StringIO()
    writer = csv.DictWriter(stream, [c for c in _COLUMNS if c in named], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()
