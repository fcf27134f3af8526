"""The kinds of occluder and the pools they are drawn from: one table, which all other code reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator

# Parts of the face that an occluder may be aimed at.
Target = Literal["face", "cheek", "mouth", "eyes", "forehead", "chin"]
TARGETS: tuple[Target, ...] = get_args(Target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Entries of a bank that occluders are drawn from."""

    # The entries' kind in the bank's table; their shards' names begin with it.
    name: str
    # Their name as an argument of OccluderBank and in counts.
    plural: str
    # The field of an entry by which occluders are held out for testing.
    held_out_by: Literal["category", "person"] = "category"
    # Entries are pictures without a matte.
    textured: bool = False
    # Entries may have been enlarged by the bank's upscaler; their json names it.
    upscaled: bool = False
    # Entries keep the photograph around them, where it is known.
    surroundings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What lies on the face in one kind of sample, and what is done to it."""

    name: str
    # None: nothing lies on the face.
    pool: Pool | None
    # Where it lies when neither recipe nor profile has targets; "face" is anywhere in the face's box.
    target: Target = "face"
    # Takes the face's colours, where a set's colour_transfer is above 0.
    colour_transfer: bool = False
    # Is fitted to the picture by the recipe's harmoniser.
    harmonised: bool = False
    # Has a wrist at its upper edge, whose cut should lie outside the picture.
    wrist: bool = False
    # Turns its lower edge to the centre of the face.
    faces_centre: bool = False

    @property
    def random_shape(self) -> bool:
        """Whether it is a texture in a random shape, translucent at times; otherwise a cut-out."""
        return self.pool is not None and self.pool.textured


_OBJECTS = Pool(name="object", plural="objects", upscaled=True, surroundings=True)
_HANDS = Pool(name="hand", plural="hands", held_out_by="person")
_TEXTURES = Pool(name="texture", plural="textures", textured=True)

# The kind of a sample with nothing over the face.
NONE = "none"
# Tables and reports list kinds in this order.
KINDS = {
    kind.name: kind
    for kind in (
        Kind(name="randocc", pool=_TEXTURES),
        Kind(name="object", pool=_OBJECTS, harmonised=True),
        Kind(name="hand", pool=_HANDS, colour_transfer=True, wrist=True, faces_centre=True),
        Kind(name=NONE, pool=None),
    )
}
# Those with something over the face.
OCCLUDING = tuple(name for name, kind in KINDS.items() if kind.pool is not None)

_USED = {kind.pool.name: kind.pool for kind in KINDS.values() if kind.pool is not None}
# Cut-outs before textures.
POOLS = dict(sorted(_USED.items(), key=lambda item: item[1].textured))
# Kinds of entries in a bank.
FACE = "face"
ENTRY_KINDS = (FACE, *POOLS)


def kind_named(name: str) -> Kind:
    """The row of a kind. Raises ValueError for another name."""
    if name not in KINDS:
        raise ValueError(f"expected one of the kinds {', '.join(KINDS)}, got {name!r}")
    return KINDS[name]


def check_entry_kind(name: str) -> str:
    """The name of a kind of bank entries, checked. Raises ValueError for another name."""
    if name not in ENTRY_KINDS:
        raise ValueError(f"expected one of the kinds of entries {', '.join(ENTRY_KINDS)}, got {name!r}")
    return name


# The name of a kind, checked where pydantic reads it.
KindName = Annotated[str, AfterValidator(lambda name: kind_named(name).name)]
