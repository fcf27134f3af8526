"""Which occlusions a training draws, on which share of the faces, and on the faces of which sources."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tasks.inputs import choice_problem
from tasks.training.segmenter.feed.occlusion.named import OCCLUSIONS

DEFAULT_SHARE = 0.5
# What rounding may add to a sum of shares.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class OcclusionShare:
    """An occlusion by its name in the table, and the probability that a face gets it."""

    name: str
    share: float

    def __str__(self) -> str:
        return f"{self.name} {self.share:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OcclusionChoice:
    """A face gets one of ``shares`` or none.

    ``kinds``: of cut-outs; empty: all that the bank has. ``sources``: those whose faces are occluded, by URL
    or name; empty: all.
    """

    shares: tuple[OcclusionShare, ...] = ()
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __str__(self) -> str:
        """``natocc 0.3 + randocc 0.2``, or ``none``."""
        return " + ".join(map(str, self.shares)) or "none"


def parse_shares(texts: Iterable[str]) -> tuple[OcclusionShare, ...]:
    """Shares from texts ``NAME`` or ``NAME=SHARE``, in the table's order, whatever theirs.

    Raises ValueError for an unknown name, one that comes twice, a share outside 0-1, and a sum above 1.
    """
    shares = [_parse(text) for text in texts]
    names = [one.name for one in shares]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"expected each occlusion once, got {double} {names.count(double)} times")
    total = math.fsum(one.share for one in shares)
    if total > 1 + _ROUNDING:
        got = " + ".join(map(str, shares))
        raise ValueError(f"expected shares that sum to at most 1, got {got}; a face gets one of them or none")
    return tuple(sorted(shares, key=lambda one: list(OCCLUSIONS).index(one.name)))


def _parse(text: str) -> OcclusionShare:
    name, equals, number = text.partition("=")
    if problem := choice_problem(name, OCCLUSIONS):
        raise ValueError(problem)
    if not equals:
        return OcclusionShare(name=name, share=DEFAULT_SHARE)
    try:
        share = float(number)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise ValueError(f"expected a share of the faces in 0-1 after {name}=, got {number!r}")
    return OcclusionShare(name=name, share=share)
