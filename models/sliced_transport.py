"""Balanced sliced optimal transport of colours on a device, as natocc/transfer/transport.py computes it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from models.device import choose_device


class SlicedTransport:
    """Moves colours on ``device`` (``cpu``, ``cuda`` or ``auto``), one picture's after another's.

    A picture's colours fill a GPU, so several are not padded to one size. Products and sums are separate
    operations, each rounded as on a CPU, and sorts are stable, so the results are those of NumPy. Raises
    ValueError for a missing GPU.
    """

    def __init__(self, device: str) -> None:
        self._device = choose_device(device)

    def __call__(
        self,
        source: NDArray[np.float32],
        goal: NDArray[np.float32],
        counts: NDArray[np.int64],
        directions: NDArray[np.float32],
        batch: int,
    ) -> NDArray[np.float32]:
        """The sources (Nx3) after the mean motions of each ``batch`` of directions (Kx3) to the goals (Ux3).

        Each goal is for as many sources as ``counts`` tells, N in all. Raises ValueError if memory runs out.
        """
        try:
            with torch.inference_mode():
                moved, goals = self._planes(source), self._planes(goal)
                repeats = torch.from_numpy(counts).to(self._device)
                along = torch.from_numpy(directions).to(self._device)
                for start in range(0, len(along), batch):
                    moved += _mean_motion(moved, goals, repeats, along[start : start + batch])
                result: NDArray[np.float32] = moved.T.contiguous().cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise ValueError(
                f"{self._device}: expected memory for the colours of one picture, got too little; "
                "use fewer --workers, or --device cpu"
            ) from error
        return result

    def _planes(self, colours: NDArray[np.float32]) -> torch.Tensor:
        return torch.tensor(colours, device=self._device).T.contiguous()


def _mean_motion(
    moved: torch.Tensor, goals: torch.Tensor, repeats: torch.Tensor, directions: torch.Tensor
) -> torch.Tensor:
    """The motion (3xN) of the colours (3xN) to the goals (3xU) along the directions (Mx3)."""
    projected, places = _project(moved, directions), _project(goals, directions).sort(dim=1)
    targets = torch.stack(
        [
            values.repeat_interleave(repeats[order], output_size=moved.shape[1])
            for values, order in zip(places.values, places.indices, strict=True)
        ]
    )
    order = projected.sort(dim=1, stable=True).indices
    steps = torch.empty_like(projected).scatter_(1, order, targets) - projected
    motion = directions[0, :, None] * steps[0]
    for direction, step in zip(directions[1:], steps[1:], strict=True):
        motion += direction[:, None] * step
    # By a tensor: a GPU multiplies by the inverse of a plain number.
    return motion / torch.tensor(float(len(directions)), device=motion.device)


def _project(colours: torch.Tensor, directions: torch.Tensor) -> torch.Tensor:
    """The colours (3xN) along each direction (Mx3): MxN."""
    sums = directions[:, :1] * colours[0]
    for channel in (1, 2):
        sums += directions[:, channel : channel + 1] * colours[channel]
    return sums
