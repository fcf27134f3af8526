"""Options of preparing a bank."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from natocc.machine import Device, Precision
from tasks.options import Count, Options, WeightsFolder, input_check

# 11k Hands: the number that the released code uses.
HANDS = 200


class PrepareOptions(Options):
    """Options that determine the bank. The bank's index records them."""

    objects: str = Field("default", description="default, all, or a file of annotation ids.")
    upscaler: str = Field(
        "lanczos",
        description="What enlarges objects four times: lanczos, or networks by their weights' names with "
        "commas between, such as glean,realesrgan,lanczos; the first available one is used.",
    )
    weights: WeightsFolder = None
    device: Device = Field("auto", description="Where the network runs.")
    precision: Precision = Field(
        "float32", description="What the network computes in; float16 on a GPU alone."
    )
    policy: Literal["voo", "faceocc"] = Field("voo", description="What counts as face.")
    hands: Count = Field(
        HANDS, description="How many hands to take, unless a list names them or all have masks."
    )
    hold_out: bool = Field(True, description="Keep occluders of some classes and subjects for testing.")

    @input_check("objects")
    def _objects_exist(self) -> str | None:
        if self.objects in ("default", "all") or Path(self.objects).is_file():
            return None
        return f"expected default, all or a file of annotation ids, got {self.objects!r}"


def options_of(bank: str) -> PrepareOptions:
    """The options that a bank was made with; the defaults if there is no bank.

    Raises ValueError for a bank in an earlier format, which does not record them.
    """
    if not _is_bank(bank):
        return PrepareOptions()
    recorded = recorded_options(bank)
    if recorded is None:
        raise ValueError(f"{bank}: expected the options it was made with, got none; run natocc prepare first")
    return recorded


def recorded_options(bank: str) -> PrepareOptions | None:
    """The options that a bank records; None if there is no bank, or one in an earlier format."""
    from assets.bank.reader import Bank

    recorded = Bank(bank).index.get("options") if _is_bank(bank) else None
    return None if recorded is None else PrepareOptions.model_validate(recorded)


def _is_bank(bank: str) -> bool:
    from natocc.occluders.bank_files import BANK_INDEX
    from shards import storage

    return storage.exists(storage.join(bank, BANK_INDEX))
