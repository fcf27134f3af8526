"""Samples divided into those to train on, to validate on and to test on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assets.wording import count_of
from tasks.training.segmenter.feed.filters import FeedFilters
from tasks.training.segmenter.feed.reading.held_out import groups_of, held_out_groups
from tasks.training.segmenter.feed.reading.index import SEVERAL_SPLITS, UNKNOWN_SPLIT, FeedSample

# A split ``val`` is of versions from elsewhere: no recipe has one.
_TRAIN, _VAL, _TEST = "train", "val", "test"
_WHY = {
    SEVERAL_SPLITS: "face and occluder are of different splits",
    UNKNOWN_SPLIT: "their shard holds several splits, and their json names none",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DividedSamples:
    """No person, and no photograph, is both in ``training`` and in ``validation``.

    ``validated_on``: where the latter is from, "" if it is empty. ``notes`` count what is in none of the
    three.
    """

    training: tuple[FeedSample, ...]
    validation: tuple[FeedSample, ...]
    testing: tuple[FeedSample, ...]
    validated_on: str
    notes: tuple[str, ...]


def divide_samples(
    samples: Sequence[FeedSample], urls: Sequence[str], *, held_out: float, filters: FeedFilters
) -> DividedSamples:
    """Validate on the split ``val`` of sources that have one, and on about ``held_out`` of the others' faces.

    ``urls``: of the sources. Training samples of a person or a photograph that is validated on are left out,
    or held out too. Raises ValueError if nothing is left to train on.
    """
    known = [one for one in samples if one.split in (_TRAIN, _VAL, _TEST)]
    chosen = [one for one in known if filters.keep(one)]
    notes = [*_of_other_splits(samples, urls), *filters.notes(known)]
    if not any(one.split == _TRAIN for one in chosen):
        raise ValueError(_nothing(urls, known, filters, notes))

    learnt = [one for one in chosen if one.split != _TEST]
    grouped = list(zip(learnt, groups_of(learnt), strict=True))
    sources = {one.source for one in learnt if one.split == _VAL}
    own = {group for one, group in grouped if one.split == _VAL}
    others = [group for one, group in grouped if one.source not in sources and group not in own]
    held = held_out_groups(others, held_out)
    training: list[FeedSample] = []
    validation: list[FeedSample] = []
    shared: list[FeedSample] = []
    for one, group in grouped:
        if one.split == _VAL or (group in held and one.source not in sources):
            validation.append(one)
        else:
            (shared if group in own or group in held else training).append(one)
    if sources:
        notes.append(_own_validation(sources, urls, sum(one.split == _VAL for one in validation)))
    notes += _shared(shared, urls)
    if not training:
        raise ValueError(
            f"{', '.join(urls)}: expected training samples of persons that are not in the split {_VAL}, got "
            f"none of {count_of(len(shared), 'samples')}; give data of other persons"
        )
    notes += _unused(known, training, urls, filters)
    words = ["validation split"] * bool(sources) + ["held-out validation"] * bool(held)
    return DividedSamples(
        training=tuple(training),
        validation=tuple(validation),
        testing=tuple(one for one in chosen if one.split == _TEST),
        validated_on=" and ".join(words),
        notes=tuple(notes),
    )


def _of_other_splits(samples: Iterable[FeedSample], urls: Sequence[str]) -> Iterator[str]:
    left = Counter((one.source, one.split) for one in samples if one.split not in (_TRAIN, _VAL, _TEST))
    for (source, split), count in sorted(left.items()):
        why = _WHY.get(split, f"they are of the split {split}")
        yield f"{urls[source]}: {count_of(count, 'samples')} left out: {why}"


def _own_validation(sources: Collection[int], urls: Sequence[str], count: int) -> str:
    of, samples = ", ".join(urls[source] for source in sorted(sources)), count_of(count, "samples")
    return f"{of}: validated on {samples} of the split {_VAL}; none of the split {_TRAIN} is held out"


def _shared(samples: Iterable[FeedSample], urls: Sequence[str]) -> Iterator[str]:
    for source, count in sorted(Counter(one.source for one in samples).items()):
        yield (
            f"{urls[source]}: {count_of(count, 'samples')} of the split {_TRAIN} left out: their persons are "
            "validated on"
        )


def _unused(
    known: Iterable[FeedSample], training: Iterable[FeedSample], urls: Sequence[str], filters: FeedFilters
) -> Iterator[str]:
    """A line for each source of which nothing is learnt."""
    whole = [one for one in known if one.split == _TRAIN]
    there, kept = {one.source for one in whole}, {one.source for one in whole if filters.keep(one)}
    learnt = {one.source for one in training}
    for source, url in enumerate(urls):
        if source not in learnt:
            why = "all of it is validated on or left out" if source in kept else f"no sample is of {filters}"
            yield f"{url}: nothing is learnt from it: {why if source in there else f'no split {_TRAIN}'}"


def _nothing(
    urls: Sequence[str], known: Sequence[FeedSample], filters: FeedFilters, notes: Sequence[str]
) -> str:
    places = ", ".join(urls)
    samples = [one for one in known if one.split == _TRAIN]
    if not samples:
        found = f"none ({'; '.join(notes)})" if notes else "none"
        return f"{places}: expected samples of the split train, found {found}; build a recipe that has some"
    sets, kinds = (sorted({getattr(one, name) for one in samples}) for name in ("set", "category"))
    return (
        f"{places}: expected samples of {filters}, found none; there are the sets {', '.join(sets)} and the "
        f"occluders {', '.join(kinds)}"
    )
