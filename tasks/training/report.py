"""What every training reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingReport:
    """The files of a training and its size; each kind of training adds its scores.

    ``weights``, ``metrics`` and ``state`` are URLs.
    """

    weights: str
    metrics: str
    state: str
    # Steps of the whole training, and those that an earlier, interrupted run had done.
    steps: int
    resumed: int
    # Pictures.
    trained_on: int

    def table(self) -> list[dict[str, str | int | float]]:
        """The scores: rows with equal columns."""
        raise NotImplementedError


def encode_metrics(figures: Mapping[str, object]) -> bytes:
    """metrics.json: equal figures give equal bytes."""
    return json.dumps(figures, indent=1, sort_keys=True).encode()
