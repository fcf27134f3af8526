"""Options of preparing a bank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from assets.records import Frame
from natocc.files.read import Bounds
from natocc.machine import Device, Precision
from tasks.options import (
    Count,
    HelpWords,
    Megapixels,
    Options,
    PictureMib,
    TableMib,
    WeightsFolder,
    input_check,
)

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
    frame: Annotated[Frame | None, HelpWords("unknown")] = Field(
        None,
        description="Where masks and outlines lie on photographs with an EXIF rotation, if sizes can't tell.",
    )
    hands: Count = Field(
        HANDS, description="How many hands to take, unless a list names them or all have masks."
    )
    hold_out: bool = Field(True, description="Keep occluders of some classes and subjects for testing.")
    picture_mib: PictureMib = Bounds().picture_mib
    table_mib: TableMib = Bounds().table_mib
    megapixels: Megapixels = Bounds().megapixels

    @property
    def bounds(self) -> Bounds:
        """The largest files that are read."""
        return Bounds(picture_mib=self.picture_mib, table_mib=self.table_mib, megapixels=self.megapixels)

    @input_check("objects")
    def _objects_exist(self) -> str | None:
        if self.objects in ("default", "all") or Path(self.objects).is_file():
            return None
        return f"expected default, all or a file of annotation ids, got {self.objects!r}"


def options_of(bank: str) -> PrepareOptions:
    """The options that a bank was made with, finished or not; the defaults if there is no bank.

    Raises ValueError for a bank that does not record them, and BadDocument (a ValueError) for a damaged index
    or one of another schema.
    """
    from natocc.document import MissingDocument

    try:
        recorded = _index_of(bank).get("options")
    except MissingDocument:
        return PrepareOptions()
    if recorded is None:
        raise ValueError(f"{bank}: expected the options it was made with, got none; run natocc prepare first")
    return PrepareOptions.model_validate(recorded)


def former_options(bank: str) -> PrepareOptions | None:
    """The options of a bank that is about to be prepared again, also of an earlier schema; None if unknown.

    Raises BadDocument for a bank of a later release, which must not be replaced.
    """
    from natocc.document import BadDocument

    try:
        index = _index_of(bank)
    except BadDocument as error:
        if error.problem == "newer":
            raise
        index = error.fields
    try:
        return PrepareOptions.model_validate(index["options"])
    except (KeyError, ValueError):
        return None


def _index_of(bank: str) -> dict[str, Any]:
    """The bank's index, or that of the bank that an unfinished preparation replaces."""
    from assets.bank.writer import FORMER_INDEX
    from natocc.document import MissingDocument
    from natocc.occluders.bank_files import BANK_FORMAT, BANK_INDEX
    from shards import storage
    from shards.document import read_document

    try:
        return read_document(storage.join(bank, BANK_INDEX), BANK_FORMAT)
    except MissingDocument:
        return read_document(storage.join(bank, FORMER_INDEX), BANK_FORMAT)
