"""How a harmoniser is trained."""

from __future__ import annotations

from dataclasses import dataclass

from natocc.machine import DEVICES, Device

MULTIPLE = 256
# As published: 100 times through the pictures at one rate, 100 times with the rate going down.
EPOCHS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmonizerOptions:
    """How to train; the defaults are the published values."""

    size: int = 256
    width: int = 64
    # None: 200 times through the pictures.
    steps: int | None = None
    batch: int = 11
    seed: int = 0
    learning_rate: float = 2e-4
    # Weight of both adversarial terms; 0: without a discriminator.
    adversarial: float = 1.0
    # Smallest share of either side that a view keeps; 1: pictures as they are.
    crop: float = 1.0
    # Steps from one checkpoint to the next.
    every: int = 500
    # Share of the photographs that is held out where their source holds none out.
    hold_out: float = 0.15
    # Recolourings of a held-out picture, and of how many pictures.
    views: int = 2
    max_held_out: int = 1000
    # Processes that make batches; 0: this one.
    loaders: int = 0
    device: Device = "auto"

    def __post_init__(self) -> None:
        least = {"width": 1, "batch": 1, "every": 1, "views": 1, "max_held_out": 1}
        least |= {"seed": 0, "loaders": 0, "adversarial": 0} | ({} if self.steps is None else {"steps": 1})
        for name, low in least.items():
            if not getattr(self, name) >= low:
                raise ValueError(f"{name}: expected at least {low}, got {getattr(self, name)}")
        if self.device not in DEVICES:
            raise ValueError(f"device: expected {', '.join(DEVICES)}, got {self.device}")
        if self.size < MULTIPLE or self.size % MULTIPLE:
            raise ValueError(f"size: expected a multiple of {MULTIPLE}, got {self.size}")
        if not 0 < self.learning_rate < float("inf"):
            raise ValueError(f"learning_rate: expected above 0, got {self.learning_rate}")
        if not 0.1 <= self.crop <= 1:
            raise ValueError(f"crop: expected 0.1 to 1, got {self.crop}")
        if not 0 < self.hold_out < 1:
            raise ValueError(f"hold_out: expected more than 0 and less than 1, got {self.hold_out}")
