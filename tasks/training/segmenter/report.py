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
    network: str = "unet"
    schedule: str = "small"
    # "scratch", or the ImageNet weights.
    started_from: str = "scratch"
    # The pictures that selected the weights, and their step.
    selected_on: str = "last step"
    selected_step: int = 0
    # What was drawn on training faces, with its probability, and the details for metrics.json.
    occlusion: str = "none"
    drawn: Mapping[str, object] | None = None
    held_out: SegmenterScore | None
    real: Mapping[str, SegmenterScore]
    notes: tuple[str, ...]

    def table(self) -> list[dict[str, str | int | float]]:
        """Return the scores, one row per data set."""
        scores = {"held-out synthetic": self.held_out, **self.real}
        # The file alone; hash and licence stand in ``figures``.
        origin = {
            "started_from": self.started_from.partition(" (")[0],
            "occlusion": self.occlusion,
            "selected_on": self.selected_on,
        }
        return [{"faces": name, **asdict(score), **origin} for name, score in scores.items() if score]

    def figures(self) -> dict[str, object]:
        """Return the scores for metrics.json; a resumed training gives the same."""
        return {
            "version": self.version,
            "size": self.size,
            "steps": self.steps,
            "trained_on": self.trained_on,
            "network": self.network,
            "started_from": self.started_from,
            "occlusion": self.drawn,
            "selected_on": self.selected_on,
            "selected_step": self.selected_step,
            "held_out": asdict(self.held_out) if self.held_out else None,
            "real": {name: asdict(score) for name, score in self.real.items()},
            "notes": self.notes,
        }
