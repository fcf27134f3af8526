"""Convert an ncnn model of RRDBNet; its layers have numbers instead of names."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import count

import torch

from models.checkpoints.names import StateDict
from models.checkpoints.ncnn import NcnnLayer, Number, read_convolutions, read_layers
from models.rrdb.network import RESIDUAL, SLOPE, RRDBConfig
from models.rrdb.weights import infer_rrdb

# Supported layers; any other layer could hold weights or compute something else.
_KINDS = ("Input", "Split", "Convolution", "ReLU", "Concat", "Eltwise", "BinaryOp", "Interp")
_ADD, _MULTIPLY = 0, 2
# A weighted sum of the outputs of convolutions, joins and enlargements: ((output, weight), …).
Sum = tuple[tuple[Hashable, float], ...]
# Activation of a convolution: 2 is leaky ReLU.
_LEAKY = 2


def read_rrdbnet(param: bytes, weights: bytes, name: str = "model") -> StateDict:
    """Return the float32 tensors of an RRDBNet by their BasicSR names, from ``.param`` and ``.bin``.

    The layers must compute the same function as RRDBNet: their graph is compared, not only their number.
    Raises ValueError for any other network, and for files that are damaged or do not match.
    """
    layers = read_layers(param, name)
    other = sorted({layer.kind for layer in layers} - set(_KINDS))
    if other:
        raise ValueError(
            f"{name}: expected the layers of RRDBNet ({', '.join(_KINDS)}), "
            f"got {', '.join(other)[:160]} as well; use realesrgan-x4plus"
        )
    convolutions = list(read_convolutions(layers, weights, name))
    # 15 convolutions per block, and 6 others.
    blocks, rest = divmod(len(convolutions) - 6, 15)
    if blocks < 1 or rest:
        raise ValueError(
            f"{name}: expected 15 convolutions a block and 6 more, got {len(convolutions)}; "
            "use realesrgan-x4plus"
        )
    state: StateDict = {}
    for key, convolution in zip(_names(blocks), convolutions, strict=True):
        state[f"{key}.weight"] = torch.from_numpy(convolution.weight)
        state[f"{key}.bias"] = torch.from_numpy(convolution.bias)
    config = infer_rrdb(state, name)
    if config.scale != 4:
        raise ValueError(f"{name}: expected a network for x4, got one for x{config.scale}")
    known: dict[Hashable, int] = {}
    if _computed(layers, _Sums(known), name) != _expected(config, _Sums(known)):
        raise ValueError(
            f"{name}: expected layers that compute what RRDBNet does, got as many that are connected or set "
            "in another way; use realesrgan-x4plus"
        )
    return state


def _names(blocks: int) -> Iterable[str]:
    """Yield layer names in the order of computation, which is unique."""
    yield "conv_first"
    for block in range(blocks):
        for dense in (1, 2, 3):
            for layer in range(1, 6):
                yield f"body.{block}.rdb{dense}.conv{layer}"
    yield from ("conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last")


class _Sums:
    """Symbolic results of layers: equal numbers stand for equal results with equal weights.

    Instances whose results are compared share ``known``.
    """

    def __init__(self, known: dict[Hashable, int]) -> None:
        self._known = known
        self._convolutions = count()

    def named(self, *what: Hashable) -> Sum:
        return ((self._known.setdefault(what, len(self._known)), 1.0),)

    def convolved(self, source: Sum, *, leaky: bool) -> Sum:
        result = self.named("convolution", next(self._convolutions), source)
        return self.named("leaky", result) if leaky else result

    @staticmethod
    def added(parts: Iterable[tuple[Sum, float]]) -> Sum:
        total: dict[Hashable, float] = {}
        for part, weight in parts:
            for what, inner in part:
                total[what] = total.get(what, 0.0) + weight * inner
        # Rounded, since coefficients are float32 and the order of multiplication varies.
        return tuple(sorted(((what, round(weight, 5)) for what, weight in total.items()), key=str))


def _expected(config: RRDBConfig, sums: _Sums) -> Sum:
    first = sums.convolved(sums.named("input"), leaky=False)
    features = first
    for _ in range(config.blocks):
        inner = features
        for _ in range(3):
            seen = [inner]
            for _ in range(4):
                joined = seen[0] if len(seen) == 1 else sums.named("join", *seen)
                seen.append(sums.convolved(joined, leaky=True))
            last = sums.convolved(sums.named("join", *seen), leaky=False)
            inner = sums.added([(last, RESIDUAL), (inner, 1.0)])
        features = sums.added([(inner, RESIDUAL), (features, 1.0)])
    features = sums.added([(first, 1.0), (sums.convolved(features, leaky=False), 1.0)])
    for _ in range(2):
        features = sums.convolved(sums.named("doubled", features), leaky=True)
    return sums.convolved(sums.convolved(features, leaky=True), leaky=False)


def _computed(layers: Sequence[NcnnLayer], sums: _Sums, name: str) -> Sum | None:
    """Return the symbolic content of the last blob, or None if a layer has settings unknown to RRDBNet."""
    blobs: dict[str, Sum] = {}
    for layer in layers:
        if missing := [blob for blob in layer.inputs if blob not in blobs]:
            raise ValueError(f"{name}: expected blob {missing[0]} before layer {layer.name}, got none")
        result = _STEPS[layer.kind](sums, layer, [blobs[blob] for blob in layer.inputs])
        if result is None or not layer.outputs:
            return None
        blobs |= dict.fromkeys(layer.outputs, result)
    return blobs[layers[-1].outputs[0]]


def _convolution(sums: _Sums, layer: NcnnLayer, sources: list[Sum]) -> Sum | None:
    # Kernel, dilation, stride and the four paddings; the height's settings default to the width's.
    for keys, default, wanted in (((1, 11), 1, 3), ((2, 12), 1, 1), ((3, 13), 1, 1), ((4, 14, 15, 16), 0, 1)):
        value: Number = default
        for key in keys:
            value = layer.number(key, value)
            if value != wanted:
                return None
    activation = layer.number(9)
    slopes = [round(slope, 5) for slope in layer.numbers(10)]
    if len(sources) != 1 or activation not in (0, _LEAKY) or (activation and slopes != [SLOPE]):
        return None
    # Quantised weights, padding other than zeros, or weights from another blob.
    if any(layer.number(key) for key in (8, 18, 19)):
        return None
    return sums.convolved(sources[0], leaky=activation == _LEAKY)


def _eltwise(sums: _Sums, layer: NcnnLayer, sources: list[Sum]) -> Sum | None:
    weights = layer.numbers(1) or (1.0,) * len(sources)
    if layer.number(0) != 1 or len(weights) != len(sources):
        return None
    return sums.added(zip(sources, map(float, weights), strict=True))


def _binary(sums: _Sums, layer: NcnnLayer, sources: list[Sum]) -> Sum | None:
    kind, scalar = layer.number(0), layer.number(1)
    if kind == _ADD and not scalar and len(sources) == 2:
        return sums.added((source, 1.0) for source in sources)
    if kind == _MULTIPLY and scalar and len(sources) == 1:
        return sums.added([(sources[0], float(layer.number(2)))])
    return None


def _interp(sums: _Sums, layer: NcnnLayer, sources: list[Sum]) -> Sum | None:
    # Nearest neighbour, factor 2 in both directions, no fixed output size.
    nearest = [layer.number(key) for key in range(5)] == [1, 2.0, 2.0, 0, 0]
    return sums.named("doubled", sources[0]) if nearest and len(sources) == 1 else None


def _relu(sums: _Sums, layer: NcnnLayer, sources: list[Sum]) -> Sum | None:
    fits = len(sources) == 1 and round(layer.number(0), 5) == SLOPE
    return sums.named("leaky", sources[0]) if fits else None


def _concat(sums: _Sums, layer: NcnnLayer, sources: list[Sum]) -> Sum | None:
    return None if layer.number(0) else sums.named("join", *sources)


_STEPS: dict[str, Callable[[_Sums, NcnnLayer, list[Sum]], Sum | None]] = {
    "Input": lambda sums, layer, sources: sums.named("input"),
    "Split": lambda sums, layer, sources: sources[0] if len(sources) == 1 else None,
    "Convolution": _convolution,
    "ReLU": _relu,
    "Concat": _concat,
    "Eltwise": _eltwise,
    "BinaryOp": _binary,
    "Interp": _interp,
}
