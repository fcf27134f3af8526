"""Device (CPU or GPU), precision, and reproducible results of networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from natocc.machine import DEVICES, PRECISIONS

if TYPE_CHECKING:
    import torch

# torch is imported inside functions, so that commands can import this module without it.


def choose_device(device: str) -> str:
    """Return ``cpu`` or ``cuda``; ``auto`` prefers a GPU. Raises ValueError for a missing GPU."""
    import torch

    if device not in DEVICES:
        raise ValueError(f"--device: expected one of {', '.join(DEVICES)}, got {device!r}")
    available = torch.cuda.is_available()
    if device == "cuda" and not available:
        raise ValueError("--device: expected a GPU for cuda, found none that torch can use; use cpu or auto")
    return "cuda" if available and device != "cpu" else "cpu"


def describe_device(device: str) -> str:
    """What a measured time is of: the GPU's name, or the threads of the CPU."""
    import torch

    if device == "cuda":
        return str(torch.cuda.get_device_name())
    return f"CPU, {torch.get_num_threads()} threads"


def dtype_of(precision: str, supported: Sequence[str] = PRECISIONS) -> torch.dtype:
    """Return the torch dtype of a precision. Raises ValueError unless it is ``supported``."""
    import torch

    if precision not in supported:
        raise ValueError(f"--precision: expected one of {', '.join(supported)}, got {precision!r}")
    dtype: torch.dtype = getattr(torch, precision)
    return dtype


@contextmanager
def repeatable(device: str) -> Iterator[None]:
    """Make equal inputs give equal results: one thread on the CPU, fixed algorithms on a GPU.

    The order of a sum depends on the number of threads and on the algorithm that the GPU library selects.
    TF32 has fewer digits.
    """
    import torch

    if device != "cpu":
        with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
            yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
