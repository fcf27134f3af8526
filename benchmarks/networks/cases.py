"""The networks at their published sizes. Weights are random, since the cost does not depend on them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.glean.network import GLEAN, GLEANConfig
from models.rainnet.network import RainNet, initialise
from models.rainnet.runner import RainNetRunner
from models.rrdb.network import RRDBConfig, RRDBNet

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One network at one size."""

    network: str
    # Sides of input and output, in pixels.
    size: int
    out: int
    # Pictures or tiles at a time, on a CPU and on a GPU.
    batches: tuple[int, int]
    # Measured only with --large.
    large: bool = False

    @property
    def name(self) -> str:
        return f"{self.network} {self.size}" + (f"→{self.out}" if self.out != self.size else "")


CASES = (
    Case(network="rainnet", size=256, out=256, batches=(1, 32)),
    Case(network="rainnet", size=512, out=512, batches=(1, 32)),
    Case(network="rrdbnet", size=128, out=512, batches=(1, 16)),
    Case(network="glean", size=64, out=256, batches=(1, 32)),
    Case(network="glean", size=128, out=512, batches=(1, 16)),
    Case(network="glean", size=256, out=1024, batches=(1, 8), large=True),
)


def build(case: Case) -> nn.Module:
    torch.manual_seed(0)
    if case.network == "rainnet":
        network = RainNet()
        initialise(network, torch.Generator().manual_seed(0))
        return network
    if case.network == "rrdbnet":
        return RRDBNet(RRDBConfig())
    return GLEAN(GLEANConfig.published(case.size, case.out))


def inputs(case: Case, batch: int, device: str) -> tuple[Tensor, ...]:
    """Pictures in [0, 1]; for RainNet pictures in [-1, 1] and masks of a sixth of their area."""
    pictures = torch.rand(batch, 3, case.size, case.size, generator=torch.Generator().manual_seed(0))
    if case.network != "rainnet":
        return (pictures.to(device),)
    return pictures.to(device) * 2 - 1, _masks(case, batch).to(device)


def _masks(case: Case, batch: int) -> Tensor:
    masks = torch.zeros(batch, 1, case.size, case.size)
    masks[:, :, case.size // 4 : case.size // 4 * 3, case.size // 3 : case.size // 3 * 2] = 1
    return masks


def runs(case: Case, network: nn.Module, *, batch: int, device: str, precision: str) -> Callable[[], int]:
    """Runs a batch as the pipeline does, and returns how many pictures went through at a time.

    The network is changed in place.
    """
    if isinstance(network, RainNet):
        runner = RainNetRunner(network, device=device, batch=batch, precision=precision)
        shape = (batch, case.size, case.size, 3)
        composites = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        mattes = (_masks(case, batch)[:, 0].numpy() * 255).astype(np.uint8)

        def harmonise() -> int:
            runner(composites, mattes)
            return 1 if device == "cpu" else runner.batch

        return harmonise
    network = network.to(device).eval().requires_grad_(False)
    (tiles,) = inputs(case, batch, device)

    def upscale() -> int:
        mixed = torch.autocast(device, DTYPES[precision]) if precision != "float32" else nullcontext()
        with torch.inference_mode(), mixed:
            network(tiles)
        return batch

    return upscale
