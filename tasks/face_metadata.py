"""A face's metadata in the bank: the mask score and the known defects in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from assets.face_metadata.defects.table import DEFECT_KINDS

# Parts of a fault that are named.
_MOST_PARTS = 3


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


def known_mask_faults(metadata: Mapping[str, object]) -> list[str]:
    """The known faults of a face's mask in words; none if the mask is a corrected one."""
    recorded = metadata.get("known_defects")
    if metadata.get("mask") == "corrected" or not isinstance(recorded, list):
        return []
    faults = (
        fault for fault in recorded if isinstance(fault, dict) and DEFECT_KINDS.get(fault.get("kind", ""))
    )
    return [_in_words(fault) for fault in faults]


def _in_words(fault: Mapping[str, object]) -> str:
    parts = fault.get("parts")
    named = list(map(str, parts)) if isinstance(parts, list) else []
    more = f" and {len(named) - _MOST_PARTS} more" if len(named) > _MOST_PARTS else ""
    return f"{' '.join(named[:_MOST_PARTS])}{more} {fault['kind']}".strip()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
