from __future__ import annotations

import pytest
import torch

from models.device import choose_device


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
