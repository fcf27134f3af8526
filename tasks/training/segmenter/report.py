"""The report of a segmenter's training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tasks.training.report import TrainingReport
from tasks.training.segmenter.evaluate import SegmenterScore


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterReport(TrainingReport):
    """``held_out`` is None if the version has no test pictures.

    ``real`` has a score for each non-empty data set of really occluded faces. ``notes`` lists missing data.
    """

    version: str
    # Side of the pictures.
    size: int
    held_out: SegmenterScore | None
    real: Mapping[str, SegmenterScore]
    notes: tuple[str, ...]

    def table(self) -> list[dict[str, str | int | float]]:
        """Return the scores, one row per data set."""
        scores = {"held-out synthetic": self.held_out, **self.real}
        return [{"faces": name, **asdict(score)} for name, score in scores.items() if score]

    def figures(self) -> dict[str, object]:
        """Return the scores for metrics.json; a resumed training gives the same."""
        return {
            "version": self.version,
            "size": self.size,
            "steps": self.steps,
            "trained_on": self.trained_on,
            "held_out": asdict(self.held_out) if self.held_out else None,
            "real": {name: asdict(score) for name, score in self.real.items()},
            "notes": self.notes,
        }
