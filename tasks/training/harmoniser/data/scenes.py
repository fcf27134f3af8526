"""Training data of a harmoniser: photographs with regions, or composites with their real pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assets.problems import Problem
from assets.wording import count_of
from natocc.geometry import Image
from natocc.resize.scale import scale_image

# Size of the cache of pixels in bytes.
_KEPT = 1 << 29


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneItem:
    """One photograph, or one composite with its real picture."""

    # Unique within a source; used in messages.
    name: str
    # The photograph; all items of one photograph are in one split.
    photo: str
    # Fingerprint of pixels and masks, as far as the source can compute it without decoding them.
    content: str
    # If a source holds out no items, the hash of the photograph decides.
    held_out: bool
    # Names of the regions that can be recoloured; a composite has only its foreground.
    regions: tuple[str, ...]
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """Pixels of an item: ``real`` RGB uint8 HxWx3 and ``matte`` uint8 HxW of the foreground.

    ``composite`` is given by the data set; None: it is made by recolouring.
    """

    real: Image
    matte: Image
    composite: Image | None = None

    @property
    def bytes(self) -> int:
        """Size in memory, in bytes."""
        return self.real.nbytes + self.matte.nbytes + (0 if self.composite is None else self.real.nbytes)


class SceneSource(Protocol):
    """A source of items; ``problems`` lists the inputs that were left out."""

    @property
    def name(self) -> str:
        """Short name of the training data."""

    @property
    def items(self) -> tuple[SceneItem, ...]: ...

    @property
    def problems(self) -> tuple[Problem, ...]: ...

    def read(self, item: SceneItem, region: str) -> Scene:
        """Return the pixels at full size. Raises ValueError with the name of a damaged file."""


Located = tuple[SceneSource, SceneItem]


class Scenes:
    """Items of several sources as one list; scenes are cached up to 512 MiB.

    Scenes are shrunk to a shorter side of ``short`` pixels; smaller scenes are unchanged.
    """

    def __init__(self, parts: Sequence[Located], short: int) -> None:
        self._parts, self._short = tuple(parts), short
        self._kept: dict[tuple[int, str], Scene] = {}
        self._room = _KEPT

    def __len__(self) -> int:
        return len(self._parts)

    @property
    def items(self) -> tuple[SceneItem, ...]:
        """The items in a fixed order."""
        return tuple(item for _, item in self._parts)

    def read(self, index: int, region: str) -> Scene:
        """Return one item's pixels at the requested size."""
        scene = self._kept.get((index, region))
        if scene is None:
            source, item = self._parts[index]
            scene = shrink_scene(source.read(item, region), self._short)
            if scene.bytes <= self._room:
                self._room -= scene.bytes
                self._kept[index, region] = scene
        return scene


def shrink_scene(scene: Scene, short: int) -> Scene:
    """Shrink the scene to a shorter side of at most ``short`` pixels; keep the aspect ratio."""
    scale = short / min(scene.matte.shape)
    if scale >= 1:
        return scene
    composite = None if scene.composite is None else scale_image(scene.composite, scale)
    return Scene(
        real=scale_image(scene.real, scale), matte=scale_image(scene.matte, scale), composite=composite
    )


def split_items(sources: Sequence[SceneSource], share: float) -> tuple[list[Located], list[Located]]:
    """Split items into training and held-out items; no photograph is in both.

    If a source holds out no items, the share ``share`` of its photographs, at least one, is held out: the
    photographs with the lowest hashes. Items that share a photograph with a held-out item are held out as
    well. Raises ValueError if either split is empty.
    """
    decided: list[Located] = []
    for source in sources:
        names_held_out = any(item.held_out for item in source.items)
        lowest = frozenset() if names_held_out else _lowest({item.photo for item in source.items}, share)
        decided += [
            (source, replace(item, held_out=item.held_out or item.photo in lowest)) for item in source.items
        ]
    held = {item.photo for _, item in decided if item.held_out}
    learn = [(source, item) for source, item in decided if item.photo not in held]
    kept = [(source, replace(item, held_out=True)) for source, item in decided if item.photo in held]
    if not learn or not kept:
        photos = len({item.photo for _, item in decided})
        raise ValueError(
            "pictures: expected two photographs at least, one to learn from and one to hold out, "
            f"got {count_of(len(learn), 'pictures')} to learn from and {len(kept)} held out, of "
            f"{count_of(photos, 'photographs')}; give more photographs with masks"
        )
    return learn, kept


def scenes_sha256(parts: Sequence[Located]) -> str:
    """Return one hash over the descriptions of all items, in order."""
    text = "\x1e".join("\x1f".join((item.name, item.photo, item.content, *item.regions)) for _, item in parts)
    return hashlib.sha256(text.encode()).hexdigest()


def _lowest(photos: set[str], share: float) -> frozenset[str]:
    ordered = sorted(photos, key=lambda photo: hashlib.sha256(photo.encode()).hexdigest())
    return frozenset(ordered[: max(1, round(share * len(ordered)))] if len(ordered) > 1 else ())
