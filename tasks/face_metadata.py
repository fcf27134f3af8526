"""A face's metadata in the bank, and the mask score in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedScore:
    """The mask score that preparing measured (``natocc.mask_quality.score``).

    ``score`` is higher for a worse mask, ``because`` is the main reason, ``figures`` are its components.
    """

    score: float
    because: str
    figures: Mapping[str, float] = field(default_factory=dict)


def recorded_score(metadata: Mapping[str, object]) -> RecordedScore | None:
    """The mask score in a face's metadata; None in an older bank without scores."""
    recorded = metadata.get("suspicion")
    if not isinstance(recorded, dict) or not _is_number(recorded.get("score")):
        return None
    figures = {name: float(value) for name, value in recorded.items() if _is_number(value)}
    score = figures.pop("score")
    return RecordedScore(score=score, because=str(recorded.get("because", "")), figures=figures)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
