from __future__ import annotations

import pytest
import torch

from models.device import choose_device, describe_device, dtype_of, repeatable
from natocc.machine import FULL_RANGE_PRECISIONS, PRECISIONS


def test_a_cpu_is_named_with_its_threads() -> None:
    assert describe_device("cpu") == f"CPU, {torch.get_num_threads()} threads"


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks for a machine without GPU")
def test_a_gpu_that_is_not_there_is_told() -> None:
    assert choose_device("auto") == choose_device("cpu") == "cpu"
    with pytest.raises(
        ValueError,
        match=r"^--device: expected a GPU for cuda, found none that torch can use; use cpu or auto$",
    ):
        choose_device("cuda")


def test_an_unknown_device_is_told() -> None:
    with pytest.raises(ValueError, match=r"^--device: expected one of auto, cpu, cuda, got 'tpu'$"):
        choose_device("tpu")


def test_within_repeatable_there_is_one_thread_and_after_it_as_many_as_before() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with pytest.raises(KeyError), repeatable("cpu"):
            assert torch.get_num_threads() == 1
            raise KeyError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_gpu_is_asked_for_fixed_algorithms_in_full_precision() -> None:
    cudnn = torch.backends.cudnn
    with repeatable("cuda"):
        assert (cudnn.deterministic, cudnn.benchmark, cudnn.allow_tf32) == (True, False, False)


def test_full_range_precisions_hold_what_float32_holds() -> None:
    for name in PRECISIONS:
        full = torch.finfo(dtype_of(name)).max > 1e38
        assert full == (name in FULL_RANGE_PRECISIONS)
