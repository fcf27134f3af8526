"""A mixture: the recipes that a network is trained on together, and how much each weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, field_validator

from manifests.recipe import Recipe, load_recipe
from manifests.recipes.parts import Name, Real, StrictFields, Whole
from manifests.yaml.fields import FieldProblems, YamlFiles

# The end of a name that says that the labels of the parts differ.
MIXED_LABELS = "-mixed-labels"
# Beyond these, sums are no counts any more.
_MOST_WEIGHT, _MOST_SAMPLES = 1_000_000, 10**12


class MixtureError(FieldProblems):
    """All problems of a mixture, one a line."""


class MixturePart(StrictFields):
    """The samples of one recipe."""

    # Name of a recipe, or a YAML file.
    recipe: str
    # How often a sample of it counts in a pass over the mixture.
    weight: Annotated[Real, Field(gt=0, le=_MOST_WEIGHT)] = 1.0
    # Samples that the paper states; None: the mixture is not of the paper.
    paper: Annotated[Whole, Field(ge=1, le=_MOST_SAMPLES)] | None = None


class Mixture(StrictFields):
    """Recipes that are read together."""

    name: Name
    description: str
    parts: tuple[MixturePart, ...]

    @field_validator("parts")
    @classmethod
    def _not_empty(cls, parts: tuple[MixturePart, ...]) -> tuple[MixturePart, ...]:
        if not parts:
            raise ValueError("expected at least one part, got none")
        return parts

    @property
    def mixes_labels(self) -> bool:
        """Whether its name says that the labels of its parts differ."""
        return self.name.endswith(MIXED_LABELS)


_FILES = YamlFiles(
    what="mixture",
    folder="mixtures",
    page="docs/mixtures.md",
    model=Mixture,
    inner={"parts": MixturePart},
    error=MixtureError,
)


def known_mixtures() -> list[str]:
    """Names of the mixtures that come with the package: Table 4 of the paper."""
    return _FILES.known()


def unknown_mixture(name: str) -> str:
    """The problem of what is neither the name of a mixture nor a file."""
    return _FILES.unknown(name)


def load_mixture(name_or_path: str) -> Mixture:
    """Read a mixture by its name or from a YAML file. Raises MixtureError with every problem."""
    return _FILES.load(name_or_path)


def load_parts(mixture: Mixture, **overrides: object) -> tuple[Recipe, ...]:
    """The recipes of the parts, in order; ``overrides`` replace fields of each.

    Raises MixtureError for an unknown or faulty recipe, for one that is named twice, and for labels that
    differ without the name saying so.
    """
    recipes: list[Recipe] = []
    problems: list[str] = []
    for number, part in enumerate(mixture.parts):
        try:
            recipes.append(load_recipe(part.recipe, **overrides))
        except FieldProblems as error:
            problems += [f"mixture > {mixture.name} > parts > {number} > {line}" for line in error.problems]
    # Two files of one name are one dataset.
    counts = Counter(recipe.name for recipe in recipes)
    problems += [
        f"mixture > {mixture.name} > parts: expected every recipe once, got {name} {count} times; raise its "
        "weight instead"
        for name, count in counts.items()
        if count > 1
    ]
    labels = [(recipe.name, recipe.labels) for recipe in recipes]
    problems += label_problems(mixture, labels)
    if problems:
        raise MixtureError(problems)
    return tuple(recipes)


def label_problems(mixture: Mixture, labels: Sequence[tuple[str, str]]) -> list[str]:
    """The problem of labels that differ; ``labels`` holds each part's name and labels."""
    if mixture.mixes_labels or len({kind for _, kind in labels}) < 2:
        return []
    got = ", ".join(f"{kind} of {name}" for name, kind in labels)
    return [
        f"mixture > {mixture.name} > parts: expected labels of one kind, got {got}; leave one out, or end "
        f"the mixture's name with {MIXED_LABELS}"
    ]
