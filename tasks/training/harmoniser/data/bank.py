"""Faces, objects and hands of a bank as photographs with regions to recolour."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from assets.bank.reader import Bank, Entry
from assets.problems import BadInput, Problem
from assets.reading.tally import Tally
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from natocc.kinds import POOLS
from tasks.training.harmoniser.data.checks import check_sides, require_items, share_of, usable_regions
from tasks.training.harmoniser.data.scenes import Scene, SceneItem

_FACE, OBJECT = "face", "object"
_CONTEXT, _OUTLINE = "context.jpg", "context.png"
# Smallest share of a photograph's pixels for a part of the face to be a region.
_LARGE_PART = 0.02
_MASK, _PARTS = "mask.png", "parsing.png"


class BankScenes:
    """Entries of a bank with surroundings: faces, and occluders stored with their context.

    A face's regions are its mask and each part of its parsing map. Entries of the split ``test`` are
    held out. Entries of neither split and the really occluded faces are not used.
    """

    name = "recoloured regions of a bank's photographs"

    def __init__(self, url: str) -> None:
        """Read all masks.

        Raises FileNotFoundError for a missing bank, ValueError for a damaged bank and one without regions.
        """
        self._bank = Bank(url)
        self._entries: dict[str, Entry] = {}
        self._problems: list[Problem] = []
        items = [self._face(entry) for entry in self._of("face")]
        for kind, pool in POOLS.items():
            if pool.textured:
                continue
            bare = Tally()
            for entry in self._of(kind):
                if {_CONTEXT, _OUTLINE} <= entry.members.keys():
                    items.append(self._occluder(entry))
                else:
                    bare.add(entry.id)
            if bare and pool.surroundings:
                self._report(
                    "objects with their surroundings (context.jpg); prepare the bank again",
                    f"none for {bare}",
                )
        self.items = tuple(item for item in items if item is not None)
        require_items(url, "faces or objects with regions to recolour", self.items, self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The entries that were left out."""
        return tuple(self._problems)

    def read(self, item: SceneItem, region: str) -> Scene:
        """Return the photograph, or an object's surroundings, with the region's matte."""
        entry = self._entries[item.name]
        names = ("jpg", _MASK if region == _FACE else _PARTS) if entry.kind == _FACE else (_CONTEXT, _OUTLINE)
        members = self._bank.read(entry, names)
        try:
            real, matte = decode_rgb(members[names[0]]), decode_plane(members[names[1]])
        except ValueError as error:
            raise ValueError(f"{item.name}: {error}; prepare the bank again") from error
        if entry.kind == _FACE:
            matte = _of_size(_plane(matte, region), real)
        elif matte.shape != real.shape[:2]:
            raise ValueError(
                f"{item.name}: expected context.jpg and context.png of one size, got {real.shape[1]}x"
                f"{real.shape[0]} and {matte.shape[1]}x{matte.shape[0]}; prepare the bank again"
            )
        return Scene(real=real, matte=matte)

    def _of(self, kind: str) -> list[Entry]:
        return [entry for entry in self._bank.entries(kind) if entry.split in ("train", "test")]

    def _face(self, entry: Entry) -> SceneItem | None:
        members = self._bank.read(entry, (_MASK, _PARTS))
        shares = {_FACE: share_of(decode_plane(members[_MASK]))}
        if _PARTS in members:
            counts = np.bincount(decode_plane(members[_PARTS]).ravel())
            parts = {f"part {index}": float(count / counts.sum()) for index, count in enumerate(counts)}
            # Class 0 is the background of the face.
            shares |= {name: part for name, part in list(parts.items())[1:] if part >= _LARGE_PART}
        return self._item(entry, shares, (entry.width, entry.height))

    def _occluder(self, entry: Entry) -> SceneItem | None:
        outline = decode_plane(self._bank.read(entry, (_OUTLINE,))[_OUTLINE])
        return self._item(entry, {OBJECT: share_of(outline)}, (outline.shape[1], outline.shape[0]))

    def _item(self, entry: Entry, shares: dict[str, float], size: tuple[int, int]) -> SceneItem | None:
        name = f"{entry.kind} {entry.id}"
        try:
            check_sides(*size)
            regions = usable_regions(shares, "region")
        except BadInput as error:
            self._report(error.expected, error.got, name)
            return None
        self._entries[name] = entry
        return SceneItem(
            name=name,
            photo=entry.photo,
            content=entry.sha256,
            held_out=entry.split == "test",
            regions=regions,
            licence=entry.licence,
        )

    def _report(self, expected: str, got: str, name: str = "") -> None:
        where = f"{self._bank.url} {name}".strip()
        self._problems.append(Problem(path=where, expected=expected, got=got))


def _plane(stored: Image, region: str) -> Image:
    """Return 0 or 255 from the non-zero pixels of a mask, or from one class of a parsing map."""
    inside = stored > 127 if region == _FACE else stored == int(region.removeprefix("part "))
    return inside.astype(np.uint8) * np.uint8(255)


def _of_size(matte: Image, real: Image) -> Image:
    """Resize a matte to its photograph; masks are stored at half the photograph's size."""
    if matte.shape == real.shape[:2]:
        return matte
    return cast(Image, cv2.resize(matte, real.shape[1::-1], interpolation=cv2.INTER_LINEAR))
