"""The report common to all trainings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingReport:
    """The files and size of a training; each kind of training adds its scores.

    ``weights``, ``metrics`` and ``state`` are URLs.
    """

    weights: str
    metrics: str
    state: str
    # Steps of the whole training, and steps finished by earlier, interrupted runs.
    steps: int
    resumed: int
    # Number of pictures.
    trained_on: int

    def table(self) -> list[dict[str, str | int | float]]:
        """Return the scores as rows with equal columns."""
        raise NotImplementedError


def encode_metrics(figures: Mapping[str, object]) -> bytes:
    """Encode metrics.json; equal figures give equal bytes."""
    return json.dumps(figures, indent=1, sort_keys=True).encode()
