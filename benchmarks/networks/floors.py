"""The floors of networks: the rate of matrix products of a device, and convolutions alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.networks.cases import DTYPES, Case, build, inputs

# Side of the square matrices whose product gives the peak.
_SIDES = {"cpu": 2048, "cuda": 8192}
_ROUNDS = 5

Work = Callable[[], object]
Layer = nn.Conv2d | nn.ConvTranspose2d


def seconds(work: Work, device: str, threads: int) -> float:
    """CPU time where one thread of the CPU is used, else wall time."""
    clock = time.process_time if device == "cpu" and threads == 1 else time.perf_counter
    if device == "cuda":
        torch.cuda.synchronize()
    start = clock()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return clock() - start


def matmul_peak(device: str, precision: str, threads: int) -> float:
    """Operations per second of a large square matrix product, additions and multiplications counted."""
    side = _SIDES[device]
    matrix = torch.rand(side, side, device=device).to(DTYPES[precision])
    with torch.inference_mode():
        matrix @ matrix
        best = min(seconds(lambda: matrix @ matrix, device, threads) for _ in range(_ROUNDS))
    return 2 * side**3 / best


def operations(case: Case) -> int:
    """Operations for one picture, counted from shapes alone."""
    with torch.device("meta"):
        network = build(case).eval()
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        network(*inputs(case, 1, "meta"))
    return int(counter.get_total_flops())


def bare_convolutions(case: Case, network: nn.Module, threads: int) -> Work:
    """The convolutions of the network for one picture, one after the other, on the CPU in float32.

    Each runs the fastest of the library's ways: channels first, channels last, or one matrix product.
    """
    seen: list[tuple[Layer, Tensor]] = []
    layers = [layer for layer in network.modules() if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d))]
    hooks = [
        layer.register_forward_hook(lambda layer, given, out: seen.append((layer, given[0].clone())))
        for layer in layers
    ]
    with torch.inference_mode():
        network(*inputs(case, 1, "cpu"))
        for hook in hooks:
            hook.remove()
        chosen = [
            min(ways, key=lambda way: min(seconds(way, "cpu", threads) for _ in range(_ROUNDS)))
            for ways in (_ways(layer, given) for layer, given in seen)
        ]

    @torch.inference_mode()
    def work() -> None:
        for way in chosen:
            way()

    return work


def _ways(layer: Layer, given: Tensor) -> list[Work]:
    ways = [_plain(layer, given, last) for last in (torch.contiguous_format, torch.channels_last)]
    if layer.stride != (2, 2):
        return ways
    weight, (height, width) = layer.weight.detach().flatten(1), given.shape[2:]
    given = given.contiguous()

    def down() -> object:
        windows = functional.unfold(given, 4, padding=1, stride=2)
        return functional.linear(windows.mT, weight)

    def up() -> object:
        windows = (given.flatten(2).mT @ weight).mT
        return functional.fold(windows, (2 * height, 2 * width), 4, padding=1, stride=2)

    return [*ways, up if isinstance(layer, nn.ConvTranspose2d) else down]


def _plain(layer: Layer, given: Tensor, layout: torch.memory_format) -> Work:
    weight, picture = (tensor.detach().contiguous(memory_format=layout) for tensor in (layer.weight, given))
    stride, padding = layer.stride[0], int(layer.padding[0])
    if isinstance(layer, nn.ConvTranspose2d):
        return lambda: functional.conv_transpose2d(picture, weight, layer.bias, stride, padding)
    return lambda: functional.conv2d(picture, weight, layer.bias, stride, padding)
