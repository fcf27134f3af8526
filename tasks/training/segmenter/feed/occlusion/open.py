"""A choice of occlusions, compared with the feed and the bank."""

from __future__ import annotations

from natocc.kinds import KINDS, NONE
from tasks.training.segmenter.feed.occlusion.choice import OcclusionChoice
from tasks.training.segmenter.feed.occlusion.drawn import ChosenOcclusion, DrawnOcclusion
from tasks.training.segmenter.feed.occlusion.named import OCCLUSIONS, pools_of
from tasks.training.segmenter.feed.occlusion.occluders import ListedOccluders, list_occluders
from tasks.training.segmenter.feed.open import Feed


def open_occlusion(
    choice: OcclusionChoice, feed: Feed, bank_url: str | None, *, seed: int
) -> DrawnOcclusion | None:
    """What is drawn on the feed's training samples; None for an empty choice.

    Raises ValueError for a missing bank, a bank without occluders of the training split or without a kind,
    pictures that are too small, a source that the feed lacks, and a feed whose samples all have a rendered
    occluder. Raises FileNotFoundError for a URL without a bank.
    """
    if not choice.shares:
        return None
    names = [one.name for one in choice.shares]
    small = next((OCCLUSIONS[name] for name in names if feed.size < OCCLUSIONS[name].least_size), None)
    if small is not None:
        raise ValueError(
            f"--size: expected at least {small.least_size} with --occlude {small.name}, got {feed.size}"
        )
    sources = _sources(choice.sources, feed)
    numbers = [number for number, _ in sources]
    covered = sum(one.kind == NONE and one.source in numbers for one in feed.training)
    if not covered:
        found = ", ".join(name for _, name in sources)
        raise ValueError(
            f"--occlude: expected training samples without an occluder in {found}, got rendered occluders on "
            "all of them; train on a version of a recipe whose kind is none, such as c-wo, or on a folder"
        )
    kinds = {kind for name in names for kind in _kinds_of(name, choice)}
    pools = pools_of(kind for kind in KINDS if kind in kinds)
    listed = _listed(names, pools, bank_url) if pools else None
    return DrawnOcclusion(
        chosen=tuple(
            ChosenOcclusion(share=one, kinds=_found_kinds(one.name, choice, listed)) for one in choice.shares
        ),
        occluders=listed,
        sources=sources,
        untouched=len(feed.training) - covered,
        size=feed.size,
        target=feed.target,
        seed=seed,
    )


def _sources(names: tuple[str, ...], feed: Feed) -> tuple[tuple[int, str], ...]:
    """Number and name of the sources with these names or URLs; without, of all."""
    known = [_names_of(feed, number) for number in range(len(feed.data))]
    for name in names:
        if not any(name.rstrip("/") in some for some in known):
            found = ", ".join(dict.fromkeys(some[0] for some in known))
            raise ValueError(f"--occlude-in: expected some of the sources {found}, got {name!r}")
    wanted = {name.rstrip("/") for name in names}
    return tuple((number, some[-1]) for number, some in enumerate(known) if not names or wanted & set(some))


def _names_of(feed: Feed, number: int) -> tuple[str, ...]:
    """A source's URL as it was given, that of its version, and last what it is called wherever it lies."""
    data = feed.data[number]
    urls = (url.rstrip("/") for url in (data.given, data.url))
    return (*urls, f"folder {number}" if data.dataset is None else data.dataset.name)


def _kinds_of(name: str, choice: OcclusionChoice) -> tuple[str, ...]:
    row = OCCLUSIONS[name]
    chosen = choice.kinds if choice.kinds and row.draws_cut_outs else row.kinds
    return tuple(kind for kind in row.kinds if kind in chosen)


def _listed(names: list[str], pools: tuple[str, ...], bank_url: str | None) -> ListedOccluders:
    if bank_url is None:
        drawing = next(name for name in names if OCCLUSIONS[name].kinds)
        raise ValueError(f"--bank: expected a bank whose occluders --occlude {drawing} draws, got none")
    return list_occluders(bank_url, pools)


def _found_kinds(name: str, choice: OcclusionChoice, listed: ListedOccluders | None) -> tuple[str, ...]:
    """The kinds that an occlusion draws and the bank has; of kinds that were asked for, all must be there."""
    kinds = _kinds_of(name, choice)
    if listed is None or not kinds:
        return ()
    pools = [pool for pool, _ in listed.counts]
    found = tuple(kind for kind in kinds if pools_of((kind,))[0] in pools)
    asked = choice.kinds and OCCLUSIONS[name].draws_cut_outs
    lacking = [kind for kind in kinds if kind not in found]
    if not found or (asked and lacking):
        got = ", ".join(f"{number} of pool {pool}" for pool, number in listed.counts) or "none"
        raise ValueError(
            f"{listed.url}: expected occluders of the split train for --occlude {name} "
            f"({', '.join(lacking)}), got {got}; choose other kinds, or another bank"
        )
    return found
