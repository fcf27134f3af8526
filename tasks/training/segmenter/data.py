"""The pictures that a segmenter is tested on, and those that select its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assets.bank.reader import Bank
from assets.wording import count_of
from models.segmenters.batches import Pictures
from tasks.training.segmenter.feed.in_memory import PictureSet, pictures_of, stacked
from tasks.training.segmenter.feed.open import Feed
from tasks.training.segmenter.real_faces import RealShard, read_real, real_shards

_REALOCC = "RealOcc"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoredSets:
    """Pictures that scores are of. None is decoded yet.

    ``held_out``: test pictures of the data, perhaps none; ``real``: the bank's occluded faces by data set;
    ``selection``: those that select the weights, ``selected_on`` their name, "" if there are none. ``notes``
    has a line for each set that is missing or truncated.
    """

    held_out: PictureSet
    real: Mapping[str, PictureSet]
    selection: PictureSet
    selected_on: str
    notes: tuple[str, ...]


def scored_sets(feed: Feed, bank_url: str | None, *, most: int, on_realocc: bool = False) -> ScoredSets:
    """The feed's split ``test``, and the first ``most`` faces of each data set of the bank.

    Weights are selected by the feed's validation, or, ``on_realocc``, by RealOcc. Raises ValueError if the
    bank has none of its faces.
    """
    held_out = pictures_of(feed, feed.testing, most)
    notes = [] if len(held_out) else ["no test on held-out faces: the data have none (split test)"]
    notes += _truncated("held-out synthetic: tested on", held_out, len(feed.testing))
    real, missing = _real_sets(bank_url, feed.size, most)
    notes += missing
    selection, selected_on = pictures_of(feed, feed.validation, most), feed.validated_on
    if on_realocc:
        if _REALOCC not in real:
            raise ValueError("--select-on realocc: expected faces of RealOcc in the bank, found none")
        selection, selected_on = real[_REALOCC], _REALOCC
        notes.append("the weights are selected on RealOcc: its scores are no longer those of unseen faces")
        if feed.validation:
            unused = count_of(len(feed.validation), "pictures")
            notes.append(
                f"{feed.validated_on}: {unused} neither learnt from nor selected on (--select-on realocc)"
            )
    elif not feed.validation:
        notes.append("no validation faces: the weights of the last step are kept")
    else:
        notes += _truncated(f"{feed.validated_on}: selected on", selection, len(feed.validation))
    return ScoredSets(
        held_out=held_out, real=real, selection=selection, selected_on=selected_on, notes=tuple(notes)
    )


def _real_sets(bank_url: str | None, size: int, most: int) -> tuple[dict[str, PictureSet], list[str]]:
    """The bank's data sets of really occluded faces, and a line for each that is missing or truncated."""
    if bank_url is None:
        return {}, ["no test on really occluded faces: no bank was given"]
    bank = Bank(bank_url)
    shards = real_shards(bank)
    if not shards:
        return {}, [f"no test on really occluded faces: {bank_url} has none"]
    sets, notes = {}, []
    for name, shard in shards.items():
        if not shard.faces:
            notes.append(f"no test on {name}: {bank_url} has none of its faces")
            continue
        sets[name] = _real_set(bank, shard, size, min(most, shard.faces))
        if shard.faces > most:
            notes.append(f"{name}: tested on the first {most} of its {shard.faces} faces, see --max-samples")
    return sets, notes


def _real_set(bank: Bank, shard: RealShard, size: int, count: int) -> PictureSet:
    def decode(numbers: range) -> Pictures:
        return stacked(read_real(bank, shard, numbers, size=size), len(numbers), size)

    return PictureSet(count, decode)


def _truncated(what: str, taken: PictureSet, there: int) -> list[str]:
    if len(taken) == there:
        return []
    return [f"{what} {len(taken)} of {there} pictures, see --max-samples"]
