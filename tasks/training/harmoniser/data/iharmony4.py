"""Training data from iHarmony4: composites with their real pictures, from its train and test lists."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from assets.datasets.iharmony4 import IHARMONY4_FOLDERS, read_iharmony4
from assets.pictures.mask import read_mask
from assets.pictures.photograph import read_image, read_size
from assets.problems import BadInput, Problem
from assets.records import RawComposite
from natocc.files.read import open_file
from tasks.training.harmoniser.data.scenes import SHORTEST, Scene, SceneItem

_FOREGROUND = "foreground"
_HALF = 127
# Bytes that are hashed at the start and at the end of a file.
_ENDS = 1 << 14


class IHarmony4Scenes:
    """Training composites from ``IHD_train.txt``, held-out composites from ``IHD_test.txt``.

    The constructor reads sizes and the ends of files. Pixels are read on request, since the data set has
    73,146 composites.
    """

    name = "iHarmony4"

    def __init__(self, raw: str) -> None:
        """``raw`` contains the folder ``iHarmony4``. Raises FileNotFoundError if it is missing."""
        self._problems: list[Problem] = []
        self._records: dict[str, RawComposite] = {}
        folder = Path(raw)
        items = []
        # Several composites share a real picture; composites of one foreground share its mask.
        hashed = cache(_hash_of_ends)
        for record in read_iharmony4(folder, self._problems.append):
            problem = _fault(record, folder)
            if problem:
                self._problems.append(problem)
                continue
            name = record.composite.relative_to(folder).as_posix()
            self._records[name] = record
            items.append(
                SceneItem(
                    name=name,
                    photo=record.origin.photo or f"{record.subset}/{record.real.name}",
                    content=" ".join(map(hashed, _files(record))),
                    held_out=record.split == "test",
                    regions=(_FOREGROUND,),
                    licence=record.origin.licence,
                )
            )
        self.items = tuple(items)
        if not items:
            problems = "".join(f"; {problem}" for problem in self._problems[:3])
            expected = f"{' or '.join(IHARMONY4_FOLDERS)} with composites in its lists"
            raise FileNotFoundError(f"{raw}: expected {expected}, found none{problems}")

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The composites that were left out."""
        return tuple(self._problems)

    def read(self, item: SceneItem, region: str) -> Scene:
        """Return composite, mask and real picture; outside the mask the composite equals the real picture.

        Composites are JPEGs, so their background differs slightly from the real picture. The published
        code also restores it. Raises ValueError with the name of a damaged file.
        """
        record = self._records[item.name]
        where = record.composite
        try:
            composite = read_image(where).rgb
            where = record.real
            real = read_image(where).rgb
            where = record.mask
            matte = read_mask(where)[0]
        except BadInput as error:
            raise ValueError(f"{where}: {error}; fetch it again, or take its line out of the list") from error
        composite = np.where((matte > _HALF)[..., None], composite, real)
        return Scene(real=real, matte=matte, composite=composite)


def _files(record: RawComposite) -> tuple[Path, Path, Path]:
    return record.composite, record.mask, record.real


def _hash_of_ends(path: Path) -> str:
    """Return a fingerprint of a picture: its size in bytes and a hash of its first and last 16 KiB.

    A change inside a compressed picture also changes later bytes or the size. Modification times are not
    used, since copying changes them.
    """
    size = path.stat().st_size
    with open_file(path) as stream:
        ends = stream.read(_ENDS)
        if size > _ENDS:
            stream.seek(max(_ENDS, size - _ENDS))
            ends += stream.read()
    return f"{size}:{hashlib.sha256(ends).hexdigest()}"


def _fault(record: RawComposite, folder: Path) -> Problem | None:
    """Return the reason to leave out a composite, found in the files' headers, or None."""
    sizes = []
    for path in _files(record):
        try:
            sizes.append(read_size(path))
        except BadInput as error:
            where = path.relative_to(folder).as_posix()
            return error.problem(where)
    where = record.composite.relative_to(folder).as_posix()
    shapes = [f"{width}x{height}" for width, height in sizes]
    if len(set(sizes)) > 1:
        expected = "composite, mask and real picture of one size"
        return Problem(path=where, expected=expected, got=", ".join(shapes))
    if min(sizes[0]) < SHORTEST:
        return Problem(path=where, expected=f"sides of {SHORTEST} pixels at least", got=shapes[0])
    return None
