"""Run RainNet on many pictures in batches that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from models.device import choose_device, dtype_of, repeatable
from models.rainnet.apply import HALF, Bytes, apply_rainnet, check_shapes
from models.rainnet.network import RainNet
from natocc.machine import FULL_RANGE_PRECISIONS

_TOO_LITTLE = "got too little; use fewer --workers, or --device cpu"


class RainNetRunner:
    """Harmonises 8-bit composites with 8-bit mattes.

    Takes ownership of the network: moves it to ``device`` (``cpu``, ``cuda`` or ``auto``), converts it to
    ``precision`` and sets eval mode. ``precision`` is ``float32`` or ``bfloat16``; RAIN's statistics stay
    float32. ``batch`` is the current batch size. It is halved permanently when a GPU runs out of memory.
    On the CPU the batch size is 1: CPU kernels round differently for other batch sizes, and a result
    must not depend on other pictures.

    Raises ValueError for an invalid batch size, an unknown precision and a missing GPU.
    """

    def __init__(
        self, network: RainNet, *, device: str = "cpu", batch: int = 8, precision: str = "float32"
    ) -> None:
        if batch < 1:
            raise ValueError(f"batch: expected at least 1, got {batch}")
        dtype = dtype_of(precision, FULL_RANGE_PRECISIONS)
        device = choose_device(device)
        self._device, self._alone = device, device == "cpu"
        try:
            self._network = network.to(device, dtype).eval().requires_grad_(False)
        except torch.OutOfMemoryError as error:
            raise ValueError(f"{device}: expected memory for the network, {_TOO_LITTLE}") from error
        for name, part in self._network.named_children():
            # On the CPU the tiny middle layers are matrix products (models.rainnet.fast_convolutions).
            if not self._alone or name != "unet_block":
                part.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.batch = 1 if self._alone else batch

    def __call__(self, composites: Bytes, mattes: Bytes) -> Bytes:
        """Harmonise composites (uint8 N x H x W x 3, RGB) where mattes (uint8 N x H x W) are 128 or more.

        H and W are multiples of 256. All other pixels are unchanged; a picture whose matte is below 128
        everywhere skips the network. Raises ValueError for wrong shapes, for output that is not finite,
        and if one picture does not fit into the device's memory.
        """
        check_shapes(composites, mattes)
        out = composites.copy()
        asked = np.flatnonzero((mattes >= HALF).any(axis=(1, 2)))
        with repeatable(self._device):
            for part, harmonised in self._parts(composites, mattes, asked):
                out[part] = harmonised
        return out

    def _parts(
        self, composites: Bytes, mattes: Bytes, asked: np.ndarray
    ) -> Iterator[tuple[np.ndarray, Bytes]]:
        while len(asked):
            part = asked[: self.batch]
            try:
                harmonised = apply_rainnet(self._network, composites[part], mattes[part])
            except torch.OutOfMemoryError as error:
                if len(part) == 1:
                    message = f"{self._device}: expected memory for one picture, {_TOO_LITTLE}"
                    raise ValueError(message) from error
                self.batch = len(part) // 2
                continue
            yield part, harmonised
            asked = asked[len(part) :]
