"""Where networks run: the processor or a GPU, and in which precision."""

from __future__ import annotations

import torch

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("float32", "bfloat16")


def choose_device(device: str) -> str:
    """``cpu`` or ``cuda``; ``auto`` is the GPU where there is one. ValueError for what is not there."""
    if device not in DEVICES:
        raise ValueError(f"--device: expected one of {', '.join(DEVICES)}, got {device!r}")
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise ValueError("--device: expected a GPU for cuda, found none that torch can use; use cpu or auto")
    return "cuda" if there and device != "cpu" else "cpu"
