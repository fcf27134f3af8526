"""The parts of a recipe: types of its fields, its sets, and its steps beyond the paper."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from natocc.kinds import KINDS, KindName, kind_named

# Names become parts of folders, files and keys, which file systems and tar limit.
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]


def _no_truth_value(value: object) -> object:
    """A value that is no truth value. Pydantic would take true as 1."""
    if isinstance(value, bool):
        raise ValueError(
            f"expected a number, got {str(value).lower()} (yes, no, on and off are truth values)"
        )
    return value


Whole = Annotated[int, BeforeValidator(_no_truth_value)]
Real = Annotated[float, BeforeValidator(_no_truth_value)]
Ratio = Annotated[Real, Field(ge=0, le=1)]
Subset = Literal["WO", "O", "all"]


class StrictFields(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OccluderSet(StrictFields):
    """One pass over the faces (times ``repeats``) with one kind of occluder."""

    name: Name
    kind: KindName
    repeats: Annotated[Whole, Field(ge=1)] | None = None
    # Sets of one stream draw the same numbers, to pair a hand set with colour transfer with one without.
    stream: Name | None = None
    # Strength of the colour transfer from the face to the occluder; 0 is off.
    colour_transfer: Ratio = 0.0
    # If the bank lacks its inputs, the set is left out and reported.
    optional: bool = False
    # Override the recipe's split and subset, for a held-out set.
    split: str | None = None
    subset: Subset | None = None

    @field_validator("colour_transfer")
    @classmethod
    def _kind_takes_colours(cls, strength: float, info: ValidationInfo) -> float:
        # Absent if the kind itself is refused.
        kind = info.data.get("kind")
        if strength and kind is not None and not kind_named(kind).colour_transfer:
            able = " and ".join(row.pool.plural for row in KINDS.values() if row.pool and row.colour_transfer)
            raise ValueError(
                f"expected 0 for kind {kind}, got {strength}; only {able} take the face's colours"
            )
        return strength


class Naturalness(StrictFields):
    """Steps beyond the paper (docs/naturalness.md), on or off; None: as in the profile."""

    light: bool | None = None
    sharpness: bool | None = None
    noise: bool | None = None
    history: bool | None = None
    shadow: bool | None = None
