"""Reader of ncnn models: the ``.param`` text lists the layers, the ``.bin`` file holds their weights.

Only the layers of convolutional upscalers are supported. The layout follows ncnn's file description: one
layer per line; weights in the order of the layers, each after a tag; biases as plain float32.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

MAGIC = "7767517"
FLOAT16, FLOAT32 = 0x01306B47, 0x0002C056
# Keys of list settings count down from this number.
_LISTS = -23300
LARGEST_TEXT = 16 << 20

Number = int | float
Setting = Number | tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NcnnLayer:
    """One line of the file: the operation, its blobs, and its settings by number."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: Mapping[int, Setting]

    def number(self, key: int, default: Number = 0) -> Number:
        """A numeric setting. Raises ValueError for a list."""
        value = self.settings.get(key, default)
        if isinstance(value, tuple):
            raise ValueError(f"layer {self.name}: expected a number as setting {key}, got a list")
        return value

    def numbers(self, key: int) -> tuple[Number, ...]:
        """A list setting; empty if it is missing."""
        value = self.settings.get(key, ())
        return value if isinstance(value, tuple) else (value,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution:
    """Weights of one layer: float32 (out, in, height, width) and (out,)."""

    layer: NcnnLayer
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


def read_layers(text: bytes, name: str) -> tuple[NcnnLayer, ...]:
    """Return the layers of a ``.param`` file; error messages start with ``name``.

    Raises ValueError for any other file and for a truncated file.
    """
    lines = text[:LARGEST_TEXT].decode("utf-8", errors="replace").splitlines()
    if not lines or lines[0].strip() != MAGIC:
        raise ValueError(
            f"{name}: expected a .param file of ncnn, which begins with {MAGIC}, got another; "
            "give the .bin or .param file of a pair that lies together"
        )
    counts = lines[1].split() if len(lines) > 1 else []
    found = [line for line in lines[2:] if line.strip()]
    if len(counts) != 2 or not all(part.isdecimal() for part in counts) or int(counts[0]) != len(found):
        raise ValueError(
            f"{name}: expected {counts[0] if counts else 'some'} layers, as its second line says, "
            f"got {len(found)}; fetch the file again"
        )
    layers = tuple(_layer(line, name) for line in found)
    blobs = [blob for layer in layers for blob in layer.outputs]
    if len(blobs) != int(counts[1]) or len(set(blobs)) != len(blobs):
        raise ValueError(
            f"{name}: expected {counts[1]} blobs of different names, as its second line says, "
            f"got {len(set(blobs))}; fetch the file again"
        )
    return layers


def _layer(line: str, name: str) -> NcnnLayer:
    words = line.split()
    try:
        inputs, outputs = int(words[2]), int(words[3])
        if min(inputs, outputs) < 0 or len(words) < 4 + inputs + outputs:
            raise ValueError
        settings = dict(_setting(word) for word in words[4 + inputs + outputs :])
    except (ValueError, IndexError) as error:
        raise ValueError(
            f"{name}: expected a layer in each line (kind, name, counts, blobs, settings), "
            f"got {line.strip()[:80]!r}; fetch the file again"
        ) from error
    return NcnnLayer(
        kind=words[0],
        name=words[1],
        inputs=tuple(words[4 : 4 + inputs]),
        outputs=tuple(words[4 + inputs : 4 + inputs + outputs]),
        settings=MappingProxyType(settings),
    )


def _setting(word: str) -> tuple[int, Setting]:
    key, _, value = word.partition("=")
    number = int(key)
    if number > _LISTS:
        return number, _number(value)
    size, *values = value.split(",")
    if int(size) != len(values):
        raise ValueError
    return _LISTS - number, tuple(_number(part) for part in values)


def _number(text: str) -> Number:
    try:
        return int(text)
    except ValueError:
        return float(text)


def read_convolutions(layers: Sequence[NcnnLayer], data: bytes, name: str) -> Iterator[Convolution]:
    """Yield the weights of every convolution from the bytes of the matching ``.bin`` file.

    No other layer may hold weights. Raises ValueError, at the latest after the last convolution, for a
    file that is too short, too long, or compressed in another way than half precision.
    """
    place = 0
    for layer in layers:
        if layer.kind != "Convolution":
            continue
        size, channels = int(layer.number(6)), int(layer.number(0))
        kernel = int(layer.number(1)), int(layer.number(11, layer.number(1)))
        per_channel = channels * kernel[0] * kernel[1]
        if per_channel < 1 or size < 1 or size % per_channel or not layer.number(5):
            raise ValueError(
                f"{name}: expected a convolution with weights for each of its channels and a bias as layer "
                f"{layer.name}, got {size} weights for {channels} channels of {kernel[0]}x{kernel[1]}"
            )
        tag = int(_take(data, place, 1, "<u4", name)[0])
        if tag not in (0, FLOAT16, FLOAT32):
            raise ValueError(
                f"{name}: expected weights in float32 or half precision in layer {layer.name}, "
                f"got tag 0x{tag:08X}; use a .bin file that belongs to this .param file and is not quantised"
            )
        place += 4
        stored = _take(data, place, size, "<f2" if tag == FLOAT16 else "<f4", name)
        # Every block starts at a multiple of four bytes.
        place += -(-stored.nbytes // 4) * 4
        bias = _take(data, place, channels, "<f4", name)
        place += bias.nbytes
        shape = (channels, size // per_channel, kernel[1], kernel[0])
        yield Convolution(
            layer=layer, weight=stored.astype(np.float32).reshape(shape), bias=bias.astype(np.float32)
        )
    if place != len(data):
        raise ValueError(
            f"{name}: expected {place} bytes of weights for the layers of its .param file, got {len(data)}; "
            "use two files that belong together"
        )


def _take(data: bytes, place: int, count: int, kind: str, name: str) -> NDArray[np.generic]:
    wanted = place + count * np.dtype(kind).itemsize
    if wanted > len(data):
        raise ValueError(
            f"{name}: expected at least {wanted} bytes of weights for the layers of its .param file, "
            f"got {len(data)}; the file was cut off, or belongs to another .param file"
        )
    return np.frombuffer(data, dtype=kind, count=count, offset=place)
