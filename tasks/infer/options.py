"""Options of ``natocc segment`` and ``natocc export-model``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from natocc.machine import Device
from tasks.inputs import InputCheck, LocalPath, OutFolder, file_of
from tasks.options import Count, HelpWords, Options, cross_check, input_check


class SegmentOptions(Options):
    """Which pictures, with which network, and where the masks go."""

    images: tuple[LocalPath, ...] = Field((), description="Pictures, or folders of pictures.")
    checkpoint: Annotated[str, file_of("a checkpoint")] = Field(
        description="Checkpoint: of natocc train-segmenter or another program, or an .onnx of natocc."
    )
    out: OutFolder = Field(description="Folder for the masks and overlays.")
    device: Device = Field("auto", description="Where it runs.")
    batch: Count = Field(4, description="Pictures at a time.")
    size: Annotated[int | None, Field(ge=32, le=4096), HelpWords("the checkpoint's")] = Field(
        None, description="Side to which pictures are stretched for the network."
    )
    tta: bool = Field(
        False, description="Average over six sizes, 0.5 to 1.75 times, each mirrored too: 12 times the work."
    )
    overlay: bool = Field(True, description="Write the picture with its mask too.")

    @input_check("images")
    def _there(self) -> str | None:
        if not self.images:
            return "expected pictures or folders of pictures, got none"
        missing = [path for path in self.images if not path.exists()]
        return f"expected a picture or a folder, got nothing at {missing[0]}" if missing else None

    @cross_check("images", "out")
    def _out_is_no_input(self) -> str | None:
        out = self.out.resolve()
        if any(path.resolve() in (out, out.parent) and path.is_dir() for path in self.images):
            return f"--out: expected another folder than one of pictures, got {self.out}"
        return None


def _ends_as_a_checkpoint(path: str) -> str | None:
    if Path(path).suffix.lower() == ".onnx":
        return "expected a checkpoint of torch, got an .onnx, which is exported already"
    return None


class ExportOptions(Options):
    """Which checkpoint, in which format, and where it goes."""

    checkpoint: Annotated[str, file_of("a checkpoint"), InputCheck(_ends_as_a_checkpoint)] = Field(
        description="Checkpoint of natocc train-segmenter or another program."
    )
    out: OutFolder = Field(description="Folder for the network and its card, README.md.")
    format: Literal["onnx", "mmseg"] = Field("onnx", description="What is written.")
    size: Annotated[int | None, Field(ge=32, le=4096), HelpWords("the checkpoint's")] = Field(
        None, description="Side of the pictures that an ONNX network takes."
    )
