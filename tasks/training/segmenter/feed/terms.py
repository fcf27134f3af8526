"""Whether the terms of the data allow what the weights are for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from manifests.recipes.train.schedule import Purpose

_FORBIDS = re.compile(
    r"non-?\s?commercial|\bNC\b|BY-NC|for research|research (?:only|purposes)|academic", re.IGNORECASE
)
# Also photographs that each have terms of their own, which no text repeats.
_UNSTATED = re.compile(r"not (?:re)?stated|no licen[cs]e stated|unknown|under their", re.IGNORECASE)


def check_purpose(licences: Mapping[str, Iterable[str]], purpose: Purpose) -> None:
    """``licences`` are those of each data set or file of weights, by its name.

    Raises ValueError for a commercial purpose with terms that forbid it, and with data whose terms nobody
    states: whoever trains has to know them.
    """
    if purpose == "research":
        return
    for name, terms in licences.items():
        texts = [text for text in terms if text]
        forbidding = next((text for text in texts if _FORBIDS.search(text)), None)
        if forbidding is not None:
            raise ValueError(
                f"purpose: expected data that may be used commercially, got {name} under {forbidding!r}; "
                "leave it out, or train with a schedule of purpose research"
            )
        if not texts or any(_UNSTATED.search(text) for text in texts):
            raise ValueError(
                f"purpose: expected data whose terms allow commercial use, got {name}, whose terms are not "
                "stated; leave it out, or train with a schedule of purpose research"
            )
