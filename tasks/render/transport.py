"""Move the colours of hands by torch on a device."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from natocc.colour.lut import Colours
from natocc.transfer.transport import Transport
from tasks.errors import BuildStopped


class DeviceTransport:
    """Moves colours on a device of torch, those of ``batch`` hands before samples go on."""

    # Hands of 1024 pixels take about 20 MB each, and two groups are held.
    batch = 8

    def __init__(self, device: str) -> None:
        # Loading torch takes seconds; only builds that use it wait.
        from models.sliced_transport import SlicedTransport

        try:
            self._move = SlicedTransport(device)
        except ValueError as error:
            raise BuildStopped(f"transfer_method sot: {error}") from error

    def move(self, transport: Transport) -> Colours:
        """The sources after their move. Raises BuildStopped if memory runs out: every sample would fail."""
        made = transport
        try:
            return self._move(made.source, made.goal, made.counts, made.directions, made.batch)
        except ValueError as error:
            raise BuildStopped(f"transfer_method sot: {error}") from error

    def __call__(self, transports: Sequence[Transport]) -> list[Colours]:
        return [self.move(transport) for transport in transports]


@lru_cache(maxsize=1)
def open_transport(device: str | None) -> DeviceTransport | None:
    """The transport of a plan or record; None: by NumPy. Raises BuildStopped without the device."""
    return None if device is None else DeviceTransport(device)
