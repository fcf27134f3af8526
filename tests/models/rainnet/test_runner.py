"""RainNet in batches: equal bytes on the CPU, and smaller batches where memory runs out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from models.rainnet.apply import Bytes, apply_rainnet
from models.rainnet.network import RainNet, RainNetConfig
from models.rainnet.runner import RainNetRunner


def network(width: int = 2) -> RainNet:
    torch.manual_seed(0)
    return RainNet(RainNetConfig(width=width))


def inputs(count: int = 8) -> tuple[Bytes, Bytes]:
    rng = np.random.default_rng(0)
    mattes = np.zeros((count, 256, 256), np.uint8)
    for index, matte in enumerate(mattes):
        matte[20 + 5 * index : 150, 60 : 150 + 3 * index] = rng.integers(90, 256)
    return rng.integers(0, 256, (count, 256, 256, 3), dtype=np.uint8), mattes


def test_a_picture_does_not_depend_on_the_batch_or_its_neighbours() -> None:
    composites, mattes = inputs()
    # Wide enough for the kernels that larger networks get.
    wanted = RainNetRunner(network(16), batch=8)(composites, mattes)
    for batch in (1, 3):
        assert np.array_equal(RainNetRunner(network(16), batch=batch)(composites, mattes), wanted)
    runner, order = RainNetRunner(network(16)), [6, 1, 4]
    assert np.array_equal(runner(composites[order], mattes[order]), wanted[order])


def test_it_is_what_the_network_makes_of_each() -> None:
    composites, mattes = inputs(3)
    out = RainNetRunner(network())(composites, mattes)
    expected = apply_rainnet(network(), composites, mattes)
    assert np.abs(out.astype(int) - expected).max() <= 1
    assert (out[mattes >= 128] != composites[mattes >= 128]).mean() > 0.9
    assert np.array_equal(out[mattes < 128], composites[mattes < 128])


def test_nothing_to_harmonise_comes_back_without_the_network() -> None:
    composites, mattes = inputs(2)
    rainnet = network()
    with torch.no_grad():
        rainnet.model_out[0].bias[0] = float("nan")
    runner = RainNetRunner(rainnet)
    out = runner(composites, mattes // 3)
    assert np.array_equal(out, composites) and out is not composites
    assert runner(composites[:0], mattes[:0]).shape == (0, 256, 256, 3)
    with pytest.raises(ValueError, match="expected finite colours"):
        runner(composites, mattes | 255)


class Small(RainNet):
    """A device's memory holds so many pictures."""

    room = 2

    def forward(self, composite: Tensor, mask: Tensor) -> Tensor:
        if len(composite) > self.room:
            raise torch.OutOfMemoryError(f"{len(composite)} pictures")
        return super().forward(composite, mask)


def test_on_the_cpu_pictures_go_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Small, "room", 1)
    runner = RainNetRunner(Small(RainNetConfig(width=2)), batch=8)
    assert runner.batch == 1
    runner(*inputs(3))


def test_where_memory_runs_out_batches_get_smaller_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    composites, mattes = inputs(7)
    mattes |= 255
    torch.manual_seed(0)
    runner = RainNetRunner(Small(RainNetConfig(width=2)), batch=8)
    runner.batch = 8  # as on a GPU
    out = runner(composites, mattes)
    assert runner.batch == 1, "halved from 7 to 3 and to 1"
    assert np.abs(out.astype(int) - RainNetRunner(network())(composites, mattes)).max() <= 1
    monkeypatch.setattr(Small, "room", 0)
    with pytest.raises(
        ValueError, match="expected memory for one picture, got too little; use fewer --workers"
    ):
        runner(composites, mattes)
    assert runner.batch == 1


def test_bfloat16_is_near() -> None:
    composites, mattes = inputs(2)
    mattes |= 255
    near = RainNetRunner(network(), precision="bfloat16")(composites, mattes).astype(int)
    wanted = RainNetRunner(network())(composites, mattes)
    assert 0 < np.abs(near - wanted).mean() < 2


def test_missing_devices_and_files_are_errors() -> None:
    with pytest.raises(ValueError, match="batch: expected at least 1, got 0"):
        RainNetRunner(network(), batch=0)
    with pytest.raises(ValueError, match="precision: expected one of float32, bfloat16, got 'float16'"):
        RainNetRunner(network(), precision="float16")
    composites, mattes = inputs(2)
    with pytest.raises(ValueError, match=r"got \(2, 256, 256, 3\) and \(1, 256, 256\)"):
        RainNetRunner(network())(composites, mattes[:1])
    with pytest.raises(ValueError, match="expected uint8, got float64 and uint8"):
        RainNetRunner(network())(composites / 255, mattes)
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="expected a GPU for cuda, found none that torch can use"):
            RainNetRunner(network(), device="cuda")


def test_threads_of_the_caller_change_no_bytes_and_stay_as_they_were() -> None:
    torch.manual_seed(0)
    runner = RainNetRunner(RainNet(RainNetConfig(width=32)))
    composites, mattes = inputs(1)
    before, made = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            made.append(runner(composites, mattes | 255))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(*made)
