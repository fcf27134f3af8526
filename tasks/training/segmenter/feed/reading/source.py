"""Sources of samples: versions, the parts of a mixture, folders of pictures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from manifests.dataset import latest_version
from manifests.mixtures.mixture import Mixture, load_mixture, load_parts
from shards import storage

_MOST_WEIGHT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """A version, a dataset (its latest version) or a folder of ``img`` and ``mask``.

    ``weight``: how often each sample comes in an epoch. ``mixed_labels``: sources with other labels may
    stand beside it.
    """

    url: str
    weight: float = 1.0
    mixed_labels: bool = False


def parse_sources(texts: Iterable[str]) -> tuple[FeedSource, ...]:
    """Sources from texts ``URL`` or ``URL=WEIGHT``. Raises ValueError for a weight that is none."""
    return tuple(_parse(text) for text in texts)


def _parse(text: str) -> FeedSource:
    url, equals, number = text.rpartition("=")
    # A URL may have an equals sign of its own.
    if not equals or "/" in number:
        return FeedSource(url=text)
    try:
        weight = float(number)
    except ValueError:
        weight = math.nan
    if not 0 < weight <= _MOST_WEIGHT:
        raise ValueError(
            f"{text}: expected a weight above 0, at most {_MOST_WEIGHT}, after =, got {number!r}; leave the "
            "source out, or write its weight as a number"
        )
    return FeedSource(url=url, weight=weight)


def mixture_sources(name: str, datasets_url: str) -> tuple[FeedSource, ...]:
    """``part_sources`` of a mixture by its name or file."""
    return part_sources(load_mixture(name), datasets_url)


def part_sources(mixture: Mixture, datasets_url: str) -> tuple[FeedSource, ...]:
    """The datasets of a mixture's recipes, which lie in the folder ``datasets_url``, by its weights.

    Raises MixtureError for a faulty mixture, also for a weight of 0, and FileNotFoundError that names every
    dataset without a version.
    """
    recipes = load_parts(mixture)
    urls = [storage.join(datasets_url, recipe.name) for recipe in recipes]
    missing = [recipe.name for recipe, url in zip(recipes, urls, strict=True) if latest_version(url) is None]
    if missing:
        build = " and ".join(f"`natocc build {one}`" for one in missing)
        raise FileNotFoundError(
            f"mixture > {mixture.name}: expected a version of each part in {datasets_url}, got none of "
            f"{', '.join(missing)}; run {build} with --out {datasets_url}"
        )
    return tuple(
        FeedSource(url=url, weight=part.weight, mixed_labels=mixture.mixes_labels)
        for url, part in zip(urls, mixture.parts, strict=True)
    )
