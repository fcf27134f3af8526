"""The report of a harmoniser's training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tasks.training.harmoniser.metrics import HarmoniserScore
from tasks.training.report import TrainingReport


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmoniserReport(TrainingReport):
    """``scores`` by size name (working, full) and method name.

    ``previews`` is a URL. ``left_out`` has a line for each input that was not used or was converted.
    """

    previews: str
    # Side of the pictures at working size.
    size: int
    # Number of pictures.
    held_out: int
    scores: Mapping[str, Mapping[str, HarmoniserScore]]
    left_out: tuple[str, ...]

    def table(self) -> list[dict[str, str | int | float]]:
        """Return the scores, one row per size and method."""
        return [
            {"at": size, "made by": method, **asdict(score)}
            for size, scores in self.scores.items()
            for method, score in scores.items()
        ]
