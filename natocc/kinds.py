"""The table of occluder kinds and of the pools they are drawn from. All other code reads this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator

# Parts of the face at which an occluder may be aimed.
Target = Literal["face", "cheek", "mouth", "eyes", "forehead", "chin"]
TARGETS: tuple[Target, ...] = get_args(Target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Entries of a bank that occluders are drawn from."""

    # The entries' kind in the bank's table; their shards' names begin with it.
    name: str
    # The pool's name as an argument of OccluderBank and in counts.
    plural: str
    # The field of an entry that decides which occluders are held out for testing.
    held_out_by: Literal["category", "person"] = "category"
    # True if entries are pictures without a matte.
    textured: bool = False
    # True if the bank's upscaler may have enlarged entries; their json names it.
    upscaled: bool = False
    # True if entries keep the surrounding photograph, where it is known.
    surroundings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The occluder of one kind of sample, and the steps applied to it."""

    name: str
    # None if nothing lies on the face.
    pool: Pool | None
    # The target when neither recipe nor profile has targets; "face" is anywhere in the face's box.
    target: Target = "face"
    # True if it takes the face's colours when a set's colour_transfer is above 0.
    colour_transfer: bool = False
    # True if the recipe's harmoniser fits it to the picture.
    harmonised: bool = False
    # True if it has a wrist at its upper edge; the cut should lie outside the picture.
    wrist: bool = False
    # True if its lower edge turns to the centre of the face.
    faces_centre: bool = False

    @property
    def random_shape(self) -> bool:
        """True for a texture in a random shape, which may be translucent; False for a cut-out."""
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
# Kinds with an occluder.
OCCLUDING = tuple(name for name, kind in KINDS.items() if kind.pool is not None)

_USED = {kind.pool.name: kind.pool for kind in KINDS.values() if kind.pool is not None}
# Cut-outs before textures.
POOLS = dict(sorted(_USED.items(), key=lambda item: item[1].textured))
# Kinds of entries in a bank.
FACE = "face"
ENTRY_KINDS = (FACE, *POOLS)


def kind_named(name: str) -> Kind:
    """The row of a kind. Raises ValueError for an unknown name."""
    if name not in KINDS:
        raise ValueError(f"expected one of the kinds {', '.join(KINDS)}, got {name!r}")
    return KINDS[name]


def check_entry_kind(name: str) -> str:
    """Return the name of a kind of bank entries. Raises ValueError for an unknown name."""
    if name not in ENTRY_KINDS:
        raise ValueError(f"expected one of the kinds of entries {', '.join(ENTRY_KINDS)}, got {name!r}")
    return name


# The name of a kind, validated by pydantic.
KindName = Annotated[str, AfterValidator(lambda name: kind_named(name).name)]
