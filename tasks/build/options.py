"""Options of a build."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from natocc.machine import Device, FullRangePrecision, Machine
from tasks.options import Count, Options, Seed, Workers

_OVERRIDES = ("seed", "profile", "split", "subset", "upscaler", "harmoniser", "lift")


class BuildOptions(Options):
    """Inputs, output and overrides of a build. None keeps the recipe's value."""

    recipe: str = Field(description="Name of a recipe, or a YAML file.")
    bank: str = Field(description="Folder or URL of the bank that natocc prepare wrote.")
    out: str = Field(description="Folder or URL under which datasets lie.")
    workers: Workers = 2
    limit: Count | None = Field(None, description="The first N samples of every set alone.")
    seed: Seed | None = Field(None, description="Another seed than the recipe's.")
    profile: Literal["best", "paper", "code"] | None = Field(
        None, description="Another profile than the recipe's."
    )
    split: str | None = Field(None, description="train, test, all, or a file that lists faces.")
    subset: Literal["WO", "O", "all"] | None = Field(
        None, description="Faces without occlusion (WO), with (O), or all of the split."
    )
    upscaler: str | None = Field(
        None, description="Upscaler that the bank's objects were made with; several with commas between."
    )
    harmoniser: str | None = Field(None, description="statistics, or the name of a network's weights.")
    lift: Literal["mapping", "residual"] | None = Field(
        None, description="How a network's colours come to full size."
    )
    weights: str | None = Field(
        None, description="Folder of weights: $NATOCC_WEIGHTS or data/weights unless given."
    )
    device: Device = Field("auto", description="Where a network runs.")
    precision: FullRangePrecision = Field("float32", description="What a network computes in.")

    @property
    def overrides(self) -> dict[str, object]:
        """Values that replace fields of the recipe."""
        return {name: getattr(self, name) for name in _OVERRIDES if getattr(self, name) is not None}

    @property
    def machine(self) -> Machine:
        return Machine(weights=self.weights, device=self.device, precision=self.precision)
