from __future__ import annotations

import numpy as np
import pytest
import torch

from models import sliced_transport
from models.sliced_transport import SlicedTransport
from natocc.transfer.transport import Transport, draw_directions, move_by_batches


def transport(count: int, directions: int = 12) -> Transport:
    """Colours of few levels, black among them, so that many are equal."""
    rng = np.random.default_rng(1)
    goal = rng.random((40, 3), dtype=np.float32)
    return Transport(
        source=(rng.integers(0, 4, (count, 3)) / np.float32(3)).astype(np.float32),
        goal=goal,
        counts=np.bincount(rng.integers(0, len(goal), count), minlength=len(goal)),
        directions=draw_directions(rng, directions).astype(np.float32),
        batch=5,
    )


def moved(made: Transport, device: str = "cpu") -> np.ndarray:
    return SlicedTransport(device)(made.source, made.goal, made.counts, made.directions, made.batch)


@pytest.mark.parametrize("count", [1, 2, 30_000])
def test_it_moves_colours_where_numpy_does(count: int) -> None:
    made, before = transport(count), transport(count).source
    assert np.abs(moved(made) - move_by_batches(made)).max() < 1e-4
    assert np.array_equal(made.source, before)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_so_does_a_gpu() -> None:
    made = transport(600_000, 75)
    assert np.abs(moved(made, "cuda") - move_by_batches(made)).max() < 1e-4


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU")
def test_a_missing_gpu_is_said() -> None:
    with pytest.raises(ValueError, match="expected a GPU for cuda, found none that torch can use"):
        SlicedTransport("cuda")


def test_memory_that_runs_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(sliced_transport, "_mean_motion", no_memory)
    with pytest.raises(ValueError, match="cpu: expected memory for the colours of one picture, got too"):
        moved(transport(2))
