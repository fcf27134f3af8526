"""What each metric is called and means, and how its values are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tasks.benchmark.pages.grid import percent, plain_number


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricWords:
    """``share``: given in per cent. ``minor``: not among the first that a reader looks for."""

    title: str
    about: str
    share: bool = True
    minor: bool = False

    @property
    def name(self) -> str:
        """The title without its unit."""
        return self.title.removesuffix(", %")

    def text(self, value: float) -> str:
        """A value as it is shown."""
        return percent(value) if self.share else plain_number(value)


_SUMMED = "Counts are summed over the set first. Higher is better."
_EACH = "Of each picture, then averaged. Higher is better."
_EDGE = "Of the probability of face, where the occluder's matte is between 0 and 1. Lower is better."
# In the order of the report.
METRIC_WORDS: Mapping[str, MetricWords] = MappingProxyType(
    {
        "miou": MetricWords(
            title="mIoU, %", about=f"The paper's score: the mean of face and background IoU. {_SUMMED}"
        ),
        "face_iou": MetricWords(title="Face IoU, %", about=_SUMMED),
        "face_iou_mean": MetricWords(title="Face IoU of a picture, %", about=_EACH),
        "face_iou_worst5": MetricWords(
            title="Face IoU of the worst 5 % of pictures, %",
            about="The mean of the lowest 5 % of pictures, at least one. Higher is better.",
        ),
        "boundary_iou": MetricWords(
            title="Boundary IoU, %", about=f"IoU of the bands along the face's outline. {_SUMMED}"
        ),
        "background_iou": MetricWords(title="Background IoU, %", about=_SUMMED, minor=True),
        "fw_iou": MetricWords(
            title="Frequency-weighted IoU, %",
            about=f"Each class by its share of the pixels, as the paper suggests for later work. {_SUMMED}",
            minor=True,
        ),
        "pixel_accuracy": MetricWords(title="Pixel accuracy, %", about=_SUMMED, minor=True),
        "faceocc_iou": MetricWords(title="FaceOcc's IoU, %", about=_EACH, minor=True),
        "faceocc_accuracy": MetricWords(title="FaceOcc's accuracy (Global), %", about=_EACH, minor=True),
        "faceocc_recall": MetricWords(title="FaceOcc's recall, %", about=_EACH, minor=True),
        "alpha_mae": MetricWords(
            title="Mean absolute error in the soft edge",
            about=_EDGE,
            share=False,
            minor=True,
        ),
        "alpha_mse": MetricWords(
            title="Mean squared error in the soft edge",
            about=_EDGE,
            share=False,
            minor=True,
        ),
        "ece": MetricWords(
            title="Calibration error",
            about="The expected calibration error of the probability of face. Lower is better.",
            share=False,
            minor=True,
        ),
    }
)


def metric_words(metric: str) -> MetricWords:
    """The words of a metric; its name alone for one that has none."""
    return METRIC_WORDS.get(metric) or MetricWords(title=metric, about="", share=False, minor=True)


def in_order(metrics: Iterable[str]) -> tuple[str, ...]:
    """Metrics in the order of the report, unknown ones last, each once."""
    found = dict.fromkeys(metrics)
    return (
        *(name for name in METRIC_WORDS if name in found),
        *(name for name in found if name not in METRIC_WORDS),
    )
