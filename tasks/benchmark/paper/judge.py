"""Whether this benchmark's own differences bear out what the paper claims."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from tasks.benchmark.paper.claims import Claim
from tasks.benchmark.paper.support import Support, support_of
from tasks.benchmark.paper.tables import PaperTable
from tasks.benchmark.scores.results import Comparison

ClaimVerdict = Literal["holds", "fails", "cannot tell", "not measured here"]
# The first that is there is what a claim is judged by; the paper's own first.
_METRICS = ("miou", "face_iou", "face_iou_mean", "boundary_iou", "face_iou_worst5")


@dataclass(frozen=True, slots=True, kw_only=True)
class OurDifference:
    """A difference of two arms in the direction of a claim, in [-1, 1], and what it says of the claim."""

    network: str
    set: str
    metric: str
    these: str
    those: str
    difference: float
    low: float
    high: float
    verdict: ClaimVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim:
    """``stand_ins``: none of the paper's sets was measured, so that other sets of their kind decide."""

    claim: Claim
    support: Support
    ours: tuple[OurDifference, ...]
    stand_ins: bool
    verdict: ClaimVerdict


def pairs_to_compare(claims: Iterable[Claim], arms: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The pairs of arms whose differences the claims are about. ``arms``: name to the paper's row."""
    pairs = (pair for claim in claims for pair in _pairs_of(claim, arms))
    return tuple(dict.fromkeys(pairs))


def judge_claims(
    claims: Iterable[Claim],
    tables: Sequence[PaperTable],
    comparisons: Sequence[Comparison],
    arms: Mapping[str, str],
    unoccluded: Mapping[str, bool],
) -> tuple[JudgedClaim, ...]:
    """Judge every claim by the differences that are about it.

    ``arms``: name to the paper's row, "" for none; ``unoccluded``: of each of our sets, whether its faces
    are without occlusion. A difference bears a claim out if its 95 % interval lies on the claim's side of 0,
    or of the claim's margin; it speaks against it on the other side; otherwise it cannot tell. A claim holds
    if all its differences bear it out, and fails if one speaks against it.
    """
    sets = {theirs: ours for table in tables for theirs, ours in table.sets.items()}
    return tuple(
        _judge(claim, support_of(claim, tables), comparisons, arms, sets, unoccluded) for claim in claims
    )


def _judge(
    claim: Claim,
    support: Support,
    comparisons: Sequence[Comparison],
    arms: Mapping[str, str],
    sets: Mapping[str, str],
    unoccluded: Mapping[str, bool],
) -> JudgedClaim:
    own = [sets[name] for name in claim.sets]
    about = [one for pair in _pairs_of(claim, arms) for one in _directed(comparisons, *pair)]
    chosen = [one for one in about if one.set in own]
    stand_ins = not chosen
    if stand_ins:
        wanted = own == [sets["CelebAMask-HQ-WO (Test)"]]
        chosen = [one for one in about if unoccluded.get(one.set) is wanted]
    ours = tuple(_judged(claim, one) for one in _by_first_metric(chosen))
    return JudgedClaim(
        claim=claim,
        support=support,
        ours=ours,
        stand_ins=stand_ins and bool(ours),
        verdict=_whole(claim, ours),
    )


def _pairs_of(claim: Claim, arms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if claim.is_of_rows:
        for this, that in product(claim.these, claim.those):
            yield from product(*([arm for arm, row in arms.items() if row == name] for name in (this, that)))


def _directed(comparisons: Iterable[Comparison], this: str, that: str) -> Iterator[Comparison]:
    """The differences of two arms that were measured, each as this less that."""
    for one in comparisons:
        if math.isnan(one.difference):
            continue
        if (one.better, one.than) == (this, that):
            yield one
        elif (one.better, one.than) == (that, this):
            yield _turned(one)


def _turned(one: Comparison) -> Comparison:
    return replace(
        one,
        better=one.than,
        than=one.better,
        difference=-one.difference,
        low=-one.high,
        high=-one.low,
    )


def _by_first_metric(comparisons: Sequence[Comparison]) -> Iterator[Comparison]:
    """Of each network, set and pair the difference in the first metric of ``_METRICS``."""
    found: dict[tuple[str, ...], Comparison] = {}
    for one in sorted(comparisons, key=lambda one: _METRICS.index(one.metric)):
        found.setdefault((one.network, one.set, one.better, one.than), one)
    yield from (found[name] for name in dict.fromkeys(_name(one) for one in comparisons))


def _name(one: Comparison) -> tuple[str, ...]:
    return one.network, one.set, one.better, one.than


def _judged(claim: Claim, one: Comparison) -> OurDifference:
    return OurDifference(
        network=one.network,
        set=one.set,
        metric=one.metric,
        these=one.better,
        those=one.than,
        difference=one.difference,
        low=one.low,
        high=one.high,
        verdict=_verdict(claim, one.low, one.high),
    )


def _verdict(claim: Claim, low: float, high: float) -> ClaimVerdict:
    margin = float(claim.margin) / 100
    match claim.relation:
        case "alike":
            holds, fails = low >= -margin and high <= margin, low > margin or high < -margin
        case "undecided":
            holds, fails = False, low > 0 or high < 0
        case "at-least":
            holds, fails = low > -margin, high < -margin
        case _:
            holds, fails = low > 0, high < 0
    return "holds" if holds else "fails" if fails else "cannot tell"


def _whole(claim: Claim, ours: Sequence[OurDifference]) -> ClaimVerdict:
    found = {one.verdict for one in ours}
    if not found:
        return "not measured here"
    # Undecided as in the paper: better here, worse there, and neither by chance.
    both = any(one.low > 0 for one in ours) and any(one.high < 0 for one in ours)
    if claim.relation == "undecided" and both:
        return "holds"
    return "fails" if "fails" in found else "holds" if found == {"holds"} else "cannot tell"
