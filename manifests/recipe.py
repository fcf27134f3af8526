"""Recipes: the content of a dataset, as YAML, checked as a whole before anything runs."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, field_validator

from manifests.recipes.parts import (
    Name,
    Naturalness,
    OccluderSet,
    Ratio,
    Real,
    StrictFields,
    Subset,
    Whole,
)
from manifests.yaml.fields import FieldProblems, YamlFiles
from natocc.kinds import TARGETS, Target
from natocc.labels import LabelSource
from natocc.transfer.apply import Method


class RecipeError(FieldProblems):
    """All problems of a recipe and of its inputs, one a line."""


class Recipe(StrictFields):
    """A dataset: profile, size, splits and sets."""

    name: Name
    description: str
    profile: Literal["best", "paper", "code"] = "best"
    seed: Annotated[Whole, Field(ge=0, lt=2**32)] = 2
    # Long side of the finished pictures, in pixels.
    size: Annotated[Whole, Field(ge=64, le=4096)] = 1024
    samples_per_shard: Annotated[Whole, Field(ge=1)] = 256
    repeats: Annotated[Whole, Field(ge=1)] = 1
    # "train" or "test" of the bank, "all", or the name of a list file of faces.
    split: str = "train"
    # WO: faces without occlusion. O: occluded faces. A list file has no subset.
    subset: Subset = "all"
    # The upscaler of the bank's objects, or several permitted ones; None accepts any.
    upscaler: str | tuple[str, ...] | None = None
    # "statistics", or the name of a network's weights (docs/weights.md); None: not harmonised.
    harmoniser: str | None = None
    # How a network's colours are applied at full size (natocc/harmonise/lift.py), and the side of its input
    # in pixels.
    lift: Literal["mapping", "residual"] = "mapping"
    harmoniser_size: Annotated[Whole, Field(ge=256, le=1024, multiple_of=256)] = 256
    # How an occluder takes the face's colours, and whether its local contrast is limited.
    transfer_method: Method = "table"
    contrast_guard: bool = True
    # Of method sot: the paper's Algorithm 1 evens out the black of hand and face and clips bright colours.
    algorithm_1: bool = True
    naturalness: Naturalness = Naturalness()
    # Whose mask the labels follow: the corrected one where a face has one, or the policy's for all faces.
    # Pixels are the same.
    labels: LabelSource = "corrected"
    # Optional members of a sample.
    clean: bool = True
    parsing: bool = False
    # Share of the face that may be hidden; None: as in the profile.
    hidden_ratio: tuple[Ratio, Ratio] | None = None
    # Parts of the face to aim at, by weight; None: the kind's target, which is the face's box as published.
    targets: dict[str, Real] | None = None
    # A version is published if at most this share of its planned samples failed, and warned about if more of
    # a set than this share was rejected.
    max_failed: Ratio = 0.01
    max_rejected: Ratio = 0.3
    sets: tuple[OccluderSet, ...]

    @field_validator("upscaler", mode="before")
    @classmethod
    def _in_order(cls, names: object) -> object:
        """Split several names given as on the command line, ``glean,lanczos``."""
        return tuple(names.split(",")) if isinstance(names, str) and "," in names else names

    @field_validator("hidden_ratio")
    @classmethod
    def _low_before_high(cls, limits: tuple[float, float] | None) -> tuple[float, float] | None:
        if limits and limits[0] >= limits[1]:
            raise ValueError(f"expected low < high, got {list(limits)}")
        return limits

    @field_validator("targets")
    @classmethod
    def _known_targets(cls, weights: dict[str, float] | None) -> dict[str, float] | None:
        if weights is None:
            return None
        unknown = [name for name in weights if name not in TARGETS]
        if unknown or not weights:
            got = ", ".join(unknown) or "none"
            raise ValueError(f"expected targets among {', '.join(TARGETS)}, got {got}")
        if not all(0 < weight < math.inf for weight in weights.values()):
            raise ValueError(f"expected weights above 0, got {weights}; leave out what is not wanted")
        return weights

    @field_validator("sets")
    @classmethod
    def _named_apart(cls, sets: tuple[OccluderSet, ...]) -> tuple[OccluderSet, ...]:
        if not sets:
            raise ValueError("expected at least one set, got none")
        names = [row.name for row in sets]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"expected another name for every set, got {', '.join(twice)} twice")
        return sets

    def target_weights(self) -> tuple[tuple[Target, float], ...] | None:
        """``targets`` in the profile's form, in the order of TARGETS."""
        if self.targets is None:
            return None
        return tuple((name, self.targets[name]) for name in TARGETS if name in self.targets)

    def repeats_of(self, occluder_set: OccluderSet) -> int:
        return occluder_set.repeats or self.repeats

    def split_of(self, occluder_set: OccluderSet) -> str:
        return occluder_set.split or self.split

    def subset_of(self, occluder_set: OccluderSet) -> Subset:
        return occluder_set.subset or self.subset


_FILES = YamlFiles(
    what="recipe",
    folder="recipes",
    page="docs/recipes.md",
    model=Recipe,
    inner={"sets": OccluderSet, "naturalness": Naturalness},
    error=RecipeError,
    inside=("study",),
)


def known_recipes() -> list[str]:
    """Names of the recipes that come with the package."""
    return _FILES.known()


def load_recipe(name_or_path: str, **overrides: object) -> Recipe:
    """Read a recipe by its name or from a YAML file; overrides that are None are ignored.

    Raises RecipeError with every problem and its path.
    """
    return _FILES.load(name_or_path, **overrides)


def unknown_recipe(name: str) -> str:
    """The problem of what is neither the name of a recipe nor a file."""
    return _FILES.unknown(name)
