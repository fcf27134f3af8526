"""The samples of a mixture's parts: stated by the paper, planned over a bank, kept in published versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assets.bank.reader import Bank
from manifests.dataset import Dataset, latest_version, read_dataset
from manifests.history import entry_of, read_history
from manifests.mixtures.mixture import Mixture, MixtureError, label_problems, load_parts
from manifests.recipe import Recipe, RecipeError
from shards import storage
from tasks.build.selection import missing_labels, select_faces, select_occluders, what_is_missing


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPart:
    """The latest version of a recipe's dataset, and its samples by verdict."""

    version: str
    # None without a history.
    number: str | None
    kept: int
    rejected: int
    failed: int
    # The options that replaced fields of the recipe.
    overrides: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCount:
    """The samples of a part: ``planned`` is None without a bank, ``published`` without a version."""

    recipe: str
    weight: float
    paper: int | None
    planned: int | None
    published: PublishedPart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureCount:
    """A mixture in numbers."""

    name: str
    description: str
    parts: tuple[PartCount, ...]
    # Sums over the parts by weight; None where a part has none.
    totals: Mapping[str, int | None] = field(default_factory=dict)


def count_mixture(
    mixture: Mixture, bank: Bank | None, out: str | None, overrides: Mapping[str, object]
) -> MixtureCount:
    """Count a mixture's parts over ``bank`` and in the datasets under ``out``, where they are given.

    Raises MixtureError for faulty parts, for what the bank lacks, and for versions whose labels differ
    without the name saying so; BadDocument for a damaged version.
    """
    recipes = load_parts(mixture, **overrides)
    planned: list[int | None] = [None] * len(recipes)
    if bank is not None:
        planned = list(_planned(recipes, bank))
    versions = [None if out is None else _latest(storage.join(out, recipe.name)) for recipe in recipes]
    _check_labels(mixture, recipes, versions)
    parts = tuple(
        PartCount(
            recipe=recipe.name,
            weight=part.weight,
            paper=part.paper,
            planned=count,
            published=None if found is None else _published(found[0], found[1]),
        )
        for part, recipe, count, found in zip(mixture.parts, recipes, planned, versions, strict=True)
    )
    return MixtureCount(
        name=mixture.name, description=mixture.description, parts=parts, totals=_totals(parts)
    )


def planned_samples(recipe: Recipe, bank: Bank) -> int:
    """The samples that a build of the recipe makes of the bank, whatever becomes of them.

    Raises RecipeError for labels that the bank lacks, and for a set without faces or occluders that is not
    optional.
    """
    samples, problems = 0, []
    for row in recipe.sets:
        split, path = recipe.split_of(row), f"recipe > {recipe.name} > sets > {row.name}"
        try:
            selection = select_faces(bank, split, recipe.subset_of(row))
        except RecipeError as error:
            problems += error.problems
            continue
        problems += missing_labels(recipe, bank, selection.faces)
        occluders = select_occluders(bank, row.kind, split)
        missing = what_is_missing(bank, row.kind, split, selection, occluders)
        if not missing:
            samples += recipe.repeats_of(row) * len(selection.faces)
        elif not row.optional:
            problems.append(f"{path}: {missing}")
    if problems:
        raise RecipeError(list(dict.fromkeys(problems)))
    return samples


def _planned(recipes: Iterable[Recipe], bank: Bank) -> list[int]:
    counts, problems = [], []
    for recipe in recipes:
        try:
            counts.append(planned_samples(recipe, bank))
        except RecipeError as error:
            problems += error.problems
    if problems:
        raise MixtureError(list(dict.fromkeys(problems)))
    return counts


def _latest(dataset_url: str) -> tuple[str, Dataset] | None:
    """The dataset's URL and its latest version, if there is one."""
    version = latest_version(dataset_url)
    return None if version is None else (dataset_url, read_dataset(storage.join(dataset_url, version)))


def _published(dataset_url: str, dataset: Dataset) -> PublishedPart:
    entry = entry_of(read_history(dataset_url), dataset.version)
    counts = {verdict: int(dataset.counts.get(verdict, 0)) for verdict in ("kept", "rejected", "failed")}
    return PublishedPart(
        version=dataset.version,
        number=None if entry is None else entry.number,
        overrides=dataset.overrides,
        **counts,
    )


def _check_labels(
    mixture: Mixture, recipes: Iterable[Recipe], versions: Iterable[tuple[str, Dataset] | None]
) -> None:
    """Raise MixtureError for versions of several label policies; those of earlier releases name none."""
    policies = [
        (recipe.name, str(policy))
        for recipe, found in zip(recipes, versions, strict=True)
        if found is not None and (policy := found[1].bank.get("policy"))
    ]
    if problems := label_problems(mixture, policies):
        raise MixtureError(problems)


def _totals(parts: Iterable[PartCount]) -> dict[str, int | None]:
    parts = tuple(parts)
    counts = {
        "paper": [part.paper for part in parts],
        "planned": [part.planned for part in parts],
        **{
            name: [None if part.published is None else getattr(part.published, name) for part in parts]
            for name in ("kept", "rejected", "failed")
        },
    }
    return {name: _weighed(parts, values) for name, values in counts.items()}


def _weighed(parts: Iterable[PartCount], values: Iterable[int | None]) -> int | None:
    pairs = [(part.weight, value) for part, value in zip(parts, values, strict=True)]
    known = [weight * value for weight, value in pairs if value is not None]
    return round(sum(known)) if len(known) == len(pairs) else None
