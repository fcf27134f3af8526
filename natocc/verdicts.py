"""Expected outcomes as values instead of exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sample is ``kept``, ``rejected`` (``reason`` names the rule) or ``failed`` (the error)."""

    verdict: Literal["kept", "rejected", "failed"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NotFound:
    """Why something is not found in a picture: the two halves of a message."""

    expected: str
    got: str


KEPT = Verdict("kept")


def rejected(reason: str) -> Verdict:
    return Verdict("rejected", reason)


def failed(error: Exception) -> Verdict:
    return Verdict("failed", f"{type(error).__name__}: {error}")


def gate_hidden_ratio(hidden: float, limits: tuple[float, float]) -> Verdict:
    """Keep a face that is hidden neither too little to teach nor too much to be a face."""
    low, high = limits
    if hidden < low:
        return rejected("hidden_too_little")
    if hidden > high:
        return rejected("hidden_too_much")
    return KEPT


def gate_wrist(hidden: bool) -> Verdict:
    """Keep a hand whose cut through the wrist is ``hidden``: outside the picture."""
    return KEPT if hidden else rejected("wrist_inside")
