"""Options of a segmenter's training."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.segmenters.variants import variant_names
from natocc.machine import Device
from tasks.inputs import (
    BankUrl,
    OutUrl,
    VersionUrl,
    choice_problem,
)
from tasks.options import Count, HelpWords, Options, Seed, Wait, cross_check


class SegmenterOptions(Options):
    """Training options of the small U-Net."""

    network: str = Field("unet", description="Segmenter, by its name in models/segmenters/variants.py.")
    size: Annotated[int, Field(ge=16, le=2048, multiple_of=16)] = Field(
        128, description="Side of the pictures, a multiple of 16."
    )
    steps: Count = Field(300, description="Training steps.")
    batch: Count = Field(16, description="Pictures a step.")
    seed: Seed = Field(0, description="Decides weights, order and flips.")
    # Group norm divides the channels.
    width: Annotated[int, Field(ge=1, multiple_of=8)] = Field(
        16, description="Channels after the first convolution, a multiple of 8."
    )
    learning_rate: Annotated[float, Field(gt=0, lt=1)] = Field(
        3e-3, description="Greatest rate of the one-cycle schedule."
    )
    every: Count = Field(100, description="Steps from one checkpoint to the next.")
    max_samples: Count = Field(4096, description="Pictures of a split that are kept in memory.")
    device: Device = Field("auto", description="Where it runs.")

    @cross_check("network")
    def _known_network(self) -> str | None:
        return choice_problem(self.network, variant_names())


class SegmenterJob(SegmenterOptions):
    """Training options with inputs and output folder."""

    version: VersionUrl = Field(description="A version, or a dataset whose latest version is taken.")
    out: OutUrl = Field(description="Folder or URL for segmenter.pt and metrics.json.")
    wait: Wait = False
    bank: Annotated[BankUrl | None, HelpWords("none")] = Field(
        None, description="Bank whose really occluded faces to test on."
    )
