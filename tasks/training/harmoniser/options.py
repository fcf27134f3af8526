"""Options of a harmoniser's training."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from natocc.machine import Device
from tasks.inputs import BankUrl, OutUrl, folder_of
from tasks.options import Count, HelpWords, Options, Seed, Wait, cross_check

_MULTIPLE = 256
# As published: 100 epochs with a constant learning rate, then 100 epochs with a decreasing rate.
EPOCHS = 200


class HarmoniserOptions(Options):
    """Training options of RainNet; the defaults are the published values."""

    size: Annotated[int, Field(ge=_MULTIPLE, le=1024, multiple_of=_MULTIPLE)] = Field(
        256, description="Side of the pictures, a multiple of 256."
    )
    width: Count = Field(64, description="Channels after the first convolution.")
    steps: Annotated[Count | None, HelpWords(f"{EPOCHS} times through the pictures")] = Field(
        None, description="Training steps."
    )
    batch: Count = Field(11, description="Pictures a step.")
    seed: Seed = Field(0, description="Decides weights, order, views and colours.")
    learning_rate: Annotated[float, Field(gt=0)] = Field(
        2e-4, description="Adam's: constant in the first half, then falling to 0."
    )
    adversarial: Annotated[float, Field(ge=0)] = Field(
        1.0, description="Weight of the adversarial terms; 0: without a discriminator."
    )
    crop: Annotated[float, Field(ge=0.1, le=1)] = Field(
        1.0, description="Smallest share of a side in a mirrored or plain crop; 1: whole pictures."
    )
    every: Count = Field(500, description="Steps from one checkpoint to the next.")
    hold_out: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.15, description="Share of the photographs that is held out, where their source names none."
    )
    views: Count = Field(2, description="Recolourings of a held-out picture.")
    max_held_out: Count = Field(1000, description="Held-out pictures that are scored, at most.")
    loaders: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="Processes that make batches; 0: the training's own."
    )
    device: Device = Field("auto", description="Where it runs.")


class HarmoniserJob(HarmoniserOptions):
    """Training options with inputs and output folder."""

    out: OutUrl = Field(description="Folder or URL for weights, figures, previews and checkpoint.")
    wait: Wait = False
    bank: BankUrl | None = Field(
        None, description="Bank whose faces and objects are recoloured; its test split is held out."
    )
    photos: Annotated[str, folder_of("photographs")] | None = Field(
        None, description="Folder of photographs to recolour."
    )
    masks: Annotated[str, folder_of("masks")] | None = Field(
        None, description="Folder of their masks, of the same names; white is recoloured."
    )
    iharmony4: Annotated[str, folder_of("iHarmony4")] | None = Field(
        None, description="Folder that holds iHarmony4."
    )

    @cross_check("bank", "photos", "masks", "iharmony4")
    def _whole_sources(self) -> str | None:
        return scene_source_problem(**self.sources())

    def sources(self) -> dict[str, str | None]:
        """The inputs by name."""
        return {"bank": self.bank, "photos": self.photos, "masks": self.masks, "iharmony4": self.iharmony4}


def scene_source_problem(
    *, bank: str | None, photos: str | None, masks: str | None, iharmony4: str | None
) -> str | None:
    """The problem of sources that cannot be opened: none, or photographs without masks."""
    if (photos is None) != (masks is None):
        return "--photos, --masks: expected both or neither, got one; name the other folder"
    if not (bank or photos or iharmony4):
        return "--bank, --photos, --iharmony4: expected one of them at least, got none"
    return None
