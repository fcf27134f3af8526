"""Options of the queue of masks to review."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from tasks.inputs import (
    OutUrl,
    blocked_bank,
    file_of,
    folder_of,
    missing_bank,
)
from tasks.options import Count, Options, Wait, Workers, input_check


class QueueOptions(Options):
    """The bank of the faces, the basis of their order, and the output of the queue."""

    bank: str = Field(description="Folder or URL of the bank.")
    out: OutUrl = Field(description="Folder or URL for queue.parquet and queue.png.")
    raw: Annotated[str, folder_of("datasets")] | None = Field(
        None, description="Prepare the bank from this folder first; without, the bank must be there."
    )
    checkpoint: Annotated[str, file_of("segmenter.pt")] | None = Field(
        None, description="segmenter.pt of natocc train-segmenter; its disagreement counts too."
    )
    size: Annotated[int, Field(ge=16, le=2048, multiple_of=16)] = Field(
        128, description="With a checkpoint: the side it was trained at."
    )
    limit: Count = Field(48, description="Faces on queue.png.")
    workers: Workers = 2
    wait: Wait = False

    former_names: ClassVar = {"count": "limit"}

    @input_check("bank", "raw", at="bank")
    def _bank_exists(self) -> str | None:
        return missing_bank(self.bank) if self.raw is None else blocked_bank(self.bank)
