"""What the bank's hashes cost a build: ``python -m benchmarks.hashes``, one line a mode of benchmarks.render.

The bytes that a sample reads from the bank are recorded, and hashed alone afterwards; the time for it is
compared with the CPU time of the whole sample. Occluders come from the cache, or, with ``--cold``, all from
the bank, as in a bank of more occluders than the cache holds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import cv2

from assets.bank.reader import Bank, Entry
from benchmarks.inputs import write_bank
from benchmarks.render import MODES, milliseconds, plans, sample_planner
from tasks.render.inputs import OccluderCache, open_inputs
from tasks.render.sample import attempt

_WARM_UP = 6


class RecordingBank(Bank):
    """A bank that keeps all members that were read."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.taken: list[bytes] = []

    def read(self, entry: Entry, names: Collection[str] | None = None) -> dict[str, bytes]:
        members = super().read(entry, names)
        self.taken += members.values()
        return members


def measure(mode: str, bank: RecordingBank, count: int, size: int, *, cold: bool) -> dict[str, object]:
    """The figures of one mode over ``count`` samples of ``size`` pixels."""
    cache = OccluderCache()
    cycle = [(replace(plan, size=size), sample_planner(plan, bank)) for plan in plans(mode, bank)]
    numbers = iter(range(10**9))

    def sample() -> None:
        number = next(numbers)
        used = OccluderCache() if cold else cache
        plan, planned = cycle[number % len(cycle)]
        attempt(open_inputs(plan, bank, used), planned(number))

    def hashes() -> None:
        for data in bank.taken:
            hashlib.sha256(data).hexdigest()

    milliseconds(sample, _WARM_UP)
    bank.taken.clear()
    cpu = milliseconds(sample, count)
    # The fastest of some: everything else is the machine's.
    hashed = min(milliseconds(hashes, 1) for _ in range(5)) / count
    return {
        "mode": mode,
        "kilobytes": round(sum(map(len, bank.taken)) / count / 1000),
        "cpu_ms_per_image": round(cpu, 1),
        "hash_ms": round(hashed, 3),
        "percent": round(100 * hashed / cpu, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=40, help="samples to time")
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--cold", action="store_true", help="read every occluder from the bank")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        write_bank(Path(folder))
        bank = RecordingBank(folder)
        for mode in MODES:
            print(json.dumps(measure(mode, bank, arguments.n, arguments.size, cold=arguments.cold)))


if __name__ == "__main__":
    main()
