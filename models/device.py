"""Where networks run, the processor or a GPU, and how results stay the same from run to run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("float32", "bfloat16")


def choose_device(device: str) -> str:
    """``cpu`` or ``cuda``; ``auto`` is the GPU where there is one. ValueError for what is not there."""
    # Here, so that naming a device costs nothing where no network runs.
    import torch

    if device not in DEVICES:
        raise ValueError(f"--device: expected one of {', '.join(DEVICES)}, got {device!r}")
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise ValueError("--device: expected a GPU for cuda, found none that torch can use; use cpu or auto")
    return "cuda" if there and device != "cpu" else "cpu"


@contextmanager
def repeatable(device: str) -> Iterator[None]:
    """Within it equal inputs give equal results: on the CPU with one thread, on a GPU by fixed algorithms.

    Sums are taken in another order by more threads, by whichever algorithm was quickest this time, and
    with fewer digits by TF32.
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
