"""Options of a build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from natocc.machine import Device, FullRangePrecision, Machine
from tasks.inputs import BankUrl, InputCheck, OutUrl
from tasks.options import Count, HelpWords, Options, Seed, Share, Wait, WeightsFolder, Workers

_RECIPES = HelpWords("the recipe's")
_OVERRIDES = (
    "seed",
    "profile",
    "split",
    "subset",
    "upscaler",
    "harmoniser",
    "lift",
    "max_failed",
    "max_rejected",
)


def recipe_problem(recipe: str) -> str | None:
    """The problem of a recipe that is neither a known name nor a file."""
    from manifests.recipe import known_recipes, unknown_recipe

    return None if recipe in known_recipes() or Path(recipe).is_file() else unknown_recipe(recipe)


class BuildOptions(Options):
    """Inputs, output and overrides of a build. None keeps the recipe's value."""

    recipe: Annotated[str, InputCheck(recipe_problem)] = Field(
        description="Name of a recipe, or a YAML file."
    )
    bank: BankUrl = Field(description="Folder or URL of the bank that natocc prepare wrote.")
    out: OutUrl = Field(description="Folder or URL under which datasets lie.")
    workers: Workers = 2
    wait: Wait = False
    limit: Annotated[Count | None, HelpWords("all")] = Field(
        None, description="The first N samples of every set alone."
    )
    seed: Annotated[Seed | None, _RECIPES] = Field(None, description="Decides everything that is drawn.")
    profile: Annotated[Literal["best", "paper", "code"] | None, _RECIPES] = Field(
        None, description="How faces and occluders are brought together."
    )
    split: Annotated[str | None, _RECIPES] = Field(
        None, description="train, test, all, or a file that lists faces."
    )
    subset: Annotated[Literal["WO", "O", "all"] | None, _RECIPES] = Field(
        None, description="Faces without occlusion (WO), with (O), or all of the split."
    )
    upscaler: Annotated[str | None, _RECIPES] = Field(
        None, description="Upscaler that the bank's objects were made with; several with commas between."
    )
    harmoniser: Annotated[str | None, _RECIPES] = Field(
        None, description="statistics, or the name of a network's weights."
    )
    lift: Annotated[Literal["mapping", "residual"] | None, _RECIPES] = Field(
        None, description="How a network's colours come to full size."
    )
    max_failed: Annotated[Share | None, _RECIPES] = Field(
        None, description="Share of the planned samples that may fail in a published version."
    )
    max_rejected: Annotated[Share | None, _RECIPES] = Field(
        None, description="Share of a set's samples above which rejects are a warning."
    )
    deep: bool = Field(
        False, description="Check the hashes of a published version's shards too, not only their sizes."
    )
    confirm_code: Annotated[Count | None, HelpWords("none")] = Field(
        None,
        description="After a change of code: render N stored samples of each set again, and keep the "
        "others if all N are equal.",
    )
    weights: WeightsFolder = None
    device: Device = Field("auto", description="Where a network and sliced transport run.")
    precision: FullRangePrecision = Field("float32", description="What a network computes in.")

    @property
    def overrides(self) -> dict[str, object]:
        """Values that replace fields of the recipe."""
        return {name: getattr(self, name) for name in _OVERRIDES if getattr(self, name) is not None}

    @property
    def machine(self) -> Machine:
        return Machine(weights=self.weights, device=self.device, precision=self.precision)
