"""Small models of ncnn in the true format of its files, written out apart from what reads them."""

from __future__ import annotations

from collections import Counter

import numpy as np
from torch import Tensor

HALF, SINGLE = 0x01306B47, 0


class NcnnWriter:
    """Lines of a ``.param`` file and bytes of its ``.bin``, a layer after the other."""

    def __init__(self, *, half: bool, fused: bool, eltwise: bool) -> None:
        self.half, self.fused, self.eltwise = half, fused, eltwise
        self.lines = ["Input input 0 1 data"]
        self.bytes = bytearray()
        self._blobs = 0

    def layer(self, kind: str, inputs: list[str], settings: str = "") -> str:
        self._blobs += 1
        name = f"b{self._blobs}"
        self.lines.append(f"{kind} l{self._blobs} {len(inputs)} 1 {' '.join(inputs)} {name} {settings}")
        return name

    def convolution(self, source: str, weight: Tensor, bias: Tensor, *, leaky: bool) -> str:
        out, _, height, width = weight.shape
        values = weight.numpy().astype(np.float16 if self.half else np.float32).tobytes()
        self.bytes += (HALF if self.half else SINGLE).to_bytes(4, "little") + values + bytes(-len(values) % 4)
        self.bytes += bias.numpy().astype(np.float32).tobytes()
        settings = f"0={out} 1={width} 11={height} 4=1 5=1 6={weight.numel()}"
        if leaky and self.fused:
            return self.layer("Convolution", [source], f"{settings} 9=2 -23310=1,2.000000e-01")
        result = self.layer("Convolution", [source], settings)
        return self.layer("ReLU", [result], "0=2.000000e-01") if leaky else result

    def residual(self, small: str, whole: str) -> str:
        if self.eltwise:
            return self.layer("Eltwise", [small, whole], "0=1 -23301=2,2.000000e-01,1.000000e+00")
        scaled = self.layer("BinaryOp", [small], "0=2 1=1 2=2.000000e-01")
        return self.layer("BinaryOp", [scaled, whole], "0=0")

    def param(self) -> bytes:
        """The text, with a Split before every blob that is read more than once, as ncnn has it."""
        used = Counter(blob for line in self.lines for blob in _inputs(line))
        lines, copies = [], dict.fromkeys(used, 0)
        for line in self.lines:
            words = line.split()
            count = int(words[2])
            for place in range(4, 4 + count):
                blob = words[place]
                if used[blob] > 1:
                    words[place] = f"{blob}_{copies[blob]}"
                    copies[blob] += 1
            lines.append(" ".join(words))
            made = words[4 + count]
            if used[made] > 1:
                names = " ".join(f"{made}_{copy}" for copy in range(used[made]))
                lines.append(f"Split s{made} 1 {used[made]} {made} {names}")
        blobs = sum(int(line.split()[3]) for line in lines)
        return f"7767517\n{len(lines)} {blobs}\n{chr(10).join(lines)}\n".encode()


def _inputs(line: str) -> list[str]:
    words = line.split()
    return words[4 : 4 + int(words[2])]


def rrdbnet_files(
    state: dict[str, Tensor], blocks: int, *, half: bool = False, fused: bool = True, eltwise: bool = True
) -> tuple[bytes, bytes]:
    """``.param`` and ``.bin`` of an RRDBNet with these tensors."""
    model = NcnnWriter(half=half, fused=fused, eltwise=eltwise)

    def conv(name: str, source: str, *, leaky: bool = False) -> str:
        return model.convolution(source, state[f"{name}.weight"], state[f"{name}.bias"], leaky=leaky)

    first = features = conv("conv_first", "data")
    for block in range(blocks):
        inner = features
        for dense in (1, 2, 3):
            seen = [inner]
            for index in range(1, 6):
                joined = model.layer("Concat", list(seen), "0=0") if index > 1 else inner
                seen.append(conv(f"body.{block}.rdb{dense}.conv{index}", joined, leaky=index < 5))
            inner = model.residual(seen[-1], inner)
        features = model.residual(inner, features)
    features = model.layer("BinaryOp", [first, conv("conv_body", features)], "0=0")
    for name in ("conv_up1", "conv_up2"):
        larger = model.layer("Interp", [features], "0=1 1=2.000000e+00 2=2.000000e+00")
        features = conv(name, larger, leaky=True)
    conv("conv_last", conv("conv_hr", features, leaky=True))
    return model.param(), bytes(model.bytes)
