"""What is decided about an upscaler's training before it begins."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, get_args

from models.glean.network import GLEANConfig
from models.glean.training import LossWeights
from models.stylegan2.network import StyleGAN2Config
from natocc.machine import DEVICES, FULL_RANGE_PRECISIONS, Device, FullRangePrecision
from tasks.training.upscaler.batches import Sizes
from tasks.training.upscaler.degradation import Kind

Perceptual = Literal["vgg16", "0"]
# Sides (in, out) in pixels that GLEAN is published with, or that enlarge four times (specs 3.1).
PUBLISHED = ((16, 256), (32, 256), (64, 256), (128, 512), (64, 1024), (128, 1024), (256, 1024))
# SSIM looks at 11 pixels at a time.
_LEAST_SIZE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscalerOptions:
    """Defaults are the published ones; widths are for smaller networks than that."""

    in_size: int = 64
    out_size: int = 256
    # A StyleGAN2 by its name among the weights, or its file; None where one is trained along.
    bank_weights: str | None = None
    train_bank: bool = False
    # That of the bank's file, or None to begin with a new one.
    discriminator_weights: str | None = None
    perceptual: Perceptual = "vgg16"
    # Weight of the adversarial loss; 0: no discriminator.
    adversarial: float = 1e-2
    degradation: Kind = "bicubic"
    steps: int = 300_000
    batch: int = 8
    learning_rate: float = 1e-4
    seed: int = 0
    precision: FullRangePrecision = "float32"
    # Channels at 4 to 64 pixels of a bank that is trained along; halved each time beyond.
    bank_width: int = 512
    blocks: int = 23
    width: int = 64
    growth: int = 32
    head: int = 64
    held_out: int = 16
    # What has no bearing on the weights.
    every: int = 1000
    threads: int = 4
    device: Device = "auto"
    # Folder of the weights that are named.
    weights: str | None = None

    def __post_init__(self) -> None:
        least = {"steps": 1, "batch": 1, "every": 1, "threads": 1, "held_out": 0, "seed": 0}
        least |= {"bank_width": 1, "blocks": 1, "width": 1, "growth": 1, "head": 1, "out_size": _LEAST_SIZE}
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                raise ValueError(f"{name}: expected at least {lowest}, got {getattr(self, name)}")
        choices = {"perceptual": get_args(Perceptual), "degradation": get_args(Kind)}
        choices |= {"precision": FULL_RANGE_PRECISIONS, "device": DEVICES}
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise ValueError(f"{name}: expected {' or '.join(known)}, got {getattr(self, name)!r}")
        if self.out_size & (self.out_size - 1):
            raise ValueError(f"out_size: expected a power of two, got {self.out_size}")
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate: expected more than 0 and less than 1, got {self.learning_rate}")
        if not 0 <= self.adversarial < float("inf"):
            raise ValueError(f"adversarial: expected 0 or more, got {self.adversarial}")
        if self.train_bank == (self.bank_weights is not None):
            given = "both" if self.train_bank else "neither"
            raise ValueError(
                "bank: expected either --bank-weights with a StyleGAN2 (its name or file; natocc weights "
                "list names some), or --train-bank to train one along, which is not what is published; "
                f"got {given}"
            )
        if self.discriminator_weights and not self.adversarial:
            raise ValueError("discriminator_weights: expected an adversarial loss above 0 beside it, got 0")
        # Says what is wrong with in_size.
        self.config(self.own_bank())

    @property
    def sizes(self) -> Sizes:
        return Sizes(small=self.in_size, large=self.out_size)

    @property
    def losses(self) -> LossWeights:
        return LossWeights(
            perceptual=LossWeights().perceptual if self.perceptual != "0" else 0.0,
            adversarial=self.adversarial,
        )

    def own_bank(self) -> StyleGAN2Config:
        """The widths of a bank that is trained along: as published, in proportion to ``bank_width``."""
        whole = StyleGAN2Config.published(self.out_size)
        widths = tuple(max(1, width * self.bank_width // 512) for width in whole.channels)
        return StyleGAN2Config(channels=widths, styles=self.bank_width)

    def config(self, bank: StyleGAN2Config) -> GLEANConfig:
        """The network's, with this bank."""
        return GLEANConfig(
            in_size=self.in_size,
            bank=bank,
            blocks=self.blocks,
            width=self.width,
            growth=self.growth,
            head=self.head,
        )

    def deciding(self) -> dict[str, str]:
        """What bears on the weights, as text."""
        without = (
            "every",
            "threads",
            "device",
            "weights",
            "bank_weights",
            "discriminator_weights",
        )
        return {name: str(value) for name, value in asdict(self).items() if name not in without}
