"""Options of the queue of masks to review."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from tasks.inputs import blocked_folder, missing_bank, missing_file, missing_folder
from tasks.options import Count, Options, Wait, Workers, input_check


class QueueOptions(Options):
    """The bank of the faces, the basis of their order, and the output of the queue."""

    bank: str = Field(description="Folder or URL of the bank.")
    out: str = Field(description="Folder or URL for queue.parquet and queue.png.")
    raw: str | None = Field(
        None, description="Prepare the bank from this folder first; without, the bank must be there."
    )
    checkpoint: str | None = Field(
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
        return missing_bank(self.bank) if self.raw is None else None

    @input_check("raw")
    def _raw_exists(self) -> str | None:
        return None if self.raw is None else missing_folder(self.raw, "datasets")

    @input_check("checkpoint")
    def _checkpoint_exists(self) -> str | None:
        return None if self.checkpoint is None else missing_file(self.checkpoint, "segmenter.pt")

    @input_check("out")
    def _out_is_free(self) -> str | None:
        return blocked_folder(self.out)
