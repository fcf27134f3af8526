"""What a training of the harmoniser ended with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tasks.training.harmoniser.metrics import Score


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmonizerReport:
    """Where the files are, and the figures.

    ``scores`` by name of the size (working, full), then of what made the picture. ``left_out`` has a line
    for each input that was not used or was converted.
    """

    weights: str
    metrics: str
    previews: str
    checkpoint: str
    # Steps of the whole training, and those that had been done before.
    steps: int
    resumed: int
    size: int
    trained_on: int
    held_out: int
    scores: Mapping[str, Mapping[str, Score]]
    left_out: tuple[str, ...]

    def table(self) -> list[dict[str, str | int | float]]:
        """The figures, a row for each size and what made the picture."""
        return [
            {"at": size, "made by": name, **asdict(score)}
            for size, rows in self.scores.items()
            for name, score in rows.items()
        ]
