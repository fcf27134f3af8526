"""The demo photographs: the source of each picture in a public package, and our annotation of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from assets.packages.package import Package

DEMO_ROOT = Path(__file__).parent
DEMO_MASKS, VISIBLE = "masks", "masks_visible"
DEMO_PARTS = ("skin", "nose", "l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip", "hair")

AffineRows = tuple[tuple[float, float, float], tuple[float, float, float]]
CropBox = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSource:
    """One file of a package. ``a.zip!b.jpg`` in ``path`` is the entry b.jpg of the file a.zip."""

    package: Package
    path: str
    sha256: str  # of the file, or of the entry
    licence: str

    @property
    def photo(self) -> str:
        """The identity of the photograph. The catalogue has no photograph in two files."""
        return self.sha256

    def __str__(self) -> str:
        return f"{self.package.name}/{self.package.version}/{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFace:
    """A face. ``align`` maps source pixels to the 1024 x 1024 crop; landmarks are in pixels of the crop."""

    id: int
    source: PhotoSource
    group: Literal["unoccluded", "occluded"]
    person: str
    grade: str
    occluders: tuple[str, ...]
    native_px: int  # source pixels along one side of the crop
    align: AffineRows
    landmarks: dict[str, tuple[float, float]]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A hand: crop of the source, scaled by ``scale`` to the mask's size, then rotated."""

    id: int
    name: str
    source: PhotoSource
    mask: str
    crop: CropBox  # x0, y0, x1, y1 in source pixels, end exclusive
    scale: int
    rot_deg: float  # counter-clockwise, turns the fingers down
    aspect: str | None
    side: str | None
    skin_tone: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object with ``crop`` and ``mask``, or with neither if the file has its own alpha."""

    id: int
    name: str
    source: PhotoSource
    mask: str | None
    crop: CropBox | None
    coco_category: str | None
    kind: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texture:
    """A texture; ``decode`` is ``image``, ``gimp-pat`` or ``zip-image``."""

    id: int
    number: int  # of its class, as in DTD's file names
    name: str
    source: PhotoSource
    texture_class: str
    decode: str
    crop: CropBox | None
    photographic: bool


CatalogueItem = DemoFace | Hand | Thing | Texture
ItemT = TypeVar("ItemT", DemoFace, Hand, Thing, Texture)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The annotated pictures, each group ordered by id."""

    faces: tuple[DemoFace, ...]
    hands: tuple[Hand, ...]
    objects: tuple[Thing, ...]
    textures: tuple[Texture, ...]

    def items(self) -> tuple[CatalogueItem, ...]:
        return (*self.faces, *self.hands, *self.objects, *self.textures)

    def packages(self) -> tuple[Package, ...]:
        return tuple(sorted({item.source.package for item in self.items()}))

    def within(self, packages: frozenset[Package]) -> Catalogue:
        """The subset of the catalogue whose pictures are in these packages."""

        def kept(items: tuple[ItemT, ...]) -> tuple[ItemT, ...]:
            return tuple(item for item in items if item.source.package in packages)

        return Catalogue(
            faces=kept(self.faces),
            hands=kept(self.hands),
            objects=kept(self.objects),
            textures=kept(self.textures),
        )


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value


def _rows(name: str, kind: type) -> Any:
    names = {field.name for field in fields(kind)}
    for row in json.loads((DEMO_ROOT / f"{name}.json").read_text(encoding="utf-8")):
        raw = row["source"]
        package = Package(ecosystem=raw["ecosystem"], name=raw["package"], version=raw["version"])
        source = PhotoSource(
            package=package,
            path=raw["path"],
            sha256=raw["sha256"],
            licence=raw["licence"],
        )
        values = {key: _frozen(value) for key, value in row.items() if key in names}
        if "class" in row:
            values["texture_class"] = row["class"]
        if "landmarks" in row:
            values["landmarks"] = {key: _frozen(point) for key, point in row["landmarks"].items()}
        yield kind(**(values | {"source": source}))


@cache
def load_catalogue() -> Catalogue:
    """Load the committed annotations."""
    return Catalogue(
        faces=tuple(_rows("faces", DemoFace)),
        hands=tuple(_rows("hands", Hand)),
        objects=tuple(_rows("objects", Thing)),
        textures=tuple(_rows("textures", Texture)),
    )


@cache
def load_meshes() -> dict[int, list[list[float]]]:
    """The 468 face-mesh points of each face by face id, (x, y) in pixels of the 1024 x 1024 crop."""
    stored = json.loads((DEMO_ROOT / "facemesh468.json").read_text(encoding="utf-8"))
    return {
        int(key): [[x / 10, y / 10] for x, y in zip(flat[::2], flat[1::2], strict=True)]
        for key, flat in stored.items()
    }
