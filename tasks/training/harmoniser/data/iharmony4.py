"""Training data from iHarmony4: composites with their real pictures, from its train and test lists."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

from assets.datasets.iharmony4.reader import IHARMONY4_FOLDERS, read_iharmony4
from assets.pictures.mask import read_mask
from assets.pictures.photograph import read_image
from assets.problems import BadInput, Problem, unusual
from assets.reading.folders import first_folder
from assets.reading.tally import Tally
from assets.records import RawComposite
from natocc.files.read import open_file
from natocc.geometry import Image
from tasks.training.harmoniser.data.checks import (
    LeftOut,
    check_files,
    require_items,
    share_of_mask,
    usable_regions,
)
from tasks.training.harmoniser.data.inversion import is_inverted, spread_sample
from tasks.training.harmoniser.data.scenes import Scene, SceneItem

_FOREGROUND = "foreground"
_HALF = 127
# Bytes that are hashed at the start and at the end of a file.
_ENDS = 1 << 14


class IHarmony4Scenes:
    """Training composites from ``IHD_train.txt``, held-out composites from ``IHD_test.txt``.

    The constructor reads headers, masks, the ends of files, and the pixels of a few composites. Other pixels
    are read on request, since the data set has 73,146 composites.
    """

    name = "iHarmony4"

    def __init__(self, raw: str) -> None:
        """``raw`` contains the folder ``iHarmony4``.

        Raises FileNotFoundError if it is missing or lists nothing, ValueError if nothing of it can be used.
        """
        self._problems: list[Problem] = []
        self._folder = Path(raw)
        records = list(read_iharmony4(self._folder, self._problems.append))
        if not records:
            problems = "".join(f"; {problem}" for problem in self._problems[:3])
            expected = f"{' or '.join(IHARMONY4_FOLDERS)} with composites in its lists"
            raise FileNotFoundError(f"{raw}: expected {expected}, found none{problems}")
        self._records = {self._relative(record.composite): record for record in records}
        self._leave_out_unusable()
        self._leave_out_inverted()
        # Several composites share a real picture; composites of one foreground share its mask.
        hashed = cache(_hash_of_ends)
        self.items = tuple(
            SceneItem(
                name=name,
                photo=record.origin.photo or f"{record.subset}/{record.real.name}",
                content=" ".join(map(hashed, _files(record).values())),
                held_out=record.split == "test",
                regions=(_FOREGROUND,),
                licence=record.origin.licence,
            )
            for name, record in self._records.items()
        )
        require_items(raw, "composites of iHarmony4", self.items, self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The composites that were left out, and the masks that were converted."""
        return tuple(self._problems)

    def read(self, item: SceneItem, region: str) -> Scene:
        """Return composite, mask and real picture; outside the mask the composite equals the real picture.

        Composites are JPEGs, so their background differs slightly from the real picture. The published
        code also restores it. Raises ValueError with the name of a damaged file.
        """
        composite, real, matte = _pixels(self._records[item.name])
        composite = np.where((matte > _HALF)[..., None], composite, real)
        return Scene(real=real, matte=matte, composite=composite)

    def _leave_out_unusable(self) -> None:
        """Check headers and masks; each mask is decoded once."""
        left_out, converted = LeftOut(), LeftOut("converted")
        with ThreadPoolExecutor() as threads:
            masks = list(dict.fromkeys(record.mask for record in self._records.values()))
            read = dict(zip(masks, threads.map(_notes_of, masks), strict=True))
        for mask, notes in read.items():
            if not isinstance(notes, BadInput) and notes:
                converted.add(BadInput("a mask of 0 and 255", ", ".join(notes)), self._relative(mask))
        for name, record in list(self._records.items()):
            try:
                check_files(_files(record))
                if isinstance(fault := read[record.mask], BadInput):
                    raise BadInput(fault.expected, fault.got, fault.where)
            except BadInput as error:
                del self._records[name]
                left_out.add(error, self._relative(Path(error.where)) if error.where else name)
        where = self._relative(self._first_folder())
        self._problems += (*left_out.problems(where), *converted.problems(where))

    def _leave_out_inverted(self) -> None:
        """Compare a few composites with their real pictures. Raises ValueError if most masks are inverted."""
        inverted, compared = Tally(), 0
        for name in spread_sample(list(self._records)):
            record = self._records[name]
            try:
                composite, real, matte = _pixels(record)
            except ValueError:
                continue  # named with its file when it is read
            compared += 1
            if is_inverted(composite, real, matte):
                inverted.add(self._relative(record.mask))
                del self._records[name]
        if not inverted:
            return
        got = f"masks that look inverted for {inverted} of {compared} compared; invert the files"
        where, expected = self._relative(self._first_folder()), "composites that differ inside their masks"
        if 2 * inverted.count > compared:
            raise ValueError(f"{where}: expected {expected}, got {got}")
        self._problems.append(Problem(path=where, expected=expected, got=got))

    def _first_folder(self) -> Path:
        return first_folder(self._folder, *IHARMONY4_FOLDERS) or self._folder

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def _files(record: RawComposite) -> dict[str, Path]:
    return {"composite": record.composite, "mask": record.mask, "real picture": record.real}


def _notes_of(path: Path) -> tuple[str, ...] | BadInput:
    """The conversions on reading a mask, or why it cannot be used."""
    try:
        share, notes = share_of_mask(path)
        usable_regions({_FOREGROUND: share})
    except BadInput as error:
        return BadInput(error.expected, error.got, str(path))
    return unusual(notes)


def _pixels(record: RawComposite) -> tuple[Image, Image, Image]:
    """Composite, real picture and mask. Raises ValueError with the name of a damaged file."""
    where = record.composite
    try:
        composite = read_image(where).rgb
        where = record.real
        real = read_image(where).rgb
        where = record.mask
        return composite, real, read_mask(where)[0]
    except BadInput as error:
        raise ValueError(f"{where}: {error}; else take its line out of the list") from error


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
