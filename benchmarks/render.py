"""How long one sample takes, in units of the codecs' own time: ``python -m benchmarks.render --mode hand``.

One thread of a worker process as a build has them, 1024². The floor is measured in the same run:
decode the face JPEG and its 512² mask, encode the five members. Occluders come from a decoded cache
that is filled before timing.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2

from assets.bank import Bank
from benchmarks.inputs import write_bank
from natocc.codecs import decode_plane, decode_rgb, encode_jpeg, encode_png
from natocc.profiles import BEST, Kind
from tasks.plan import ShardPlan
from tasks.pool import WorkerPool, result_of
from tasks.render_sample import OccluderCache, attempt, occluder_pool
from tasks.select import POOL

MODES = ("randocc", "object", "hand", "hand_sot", "best")
_WARM_UP = 4


def plan_of(kind: Kind, bank: Bank, *, transfer: float = 0.0, harmoniser: str | None = None) -> ShardPlan:
    return ShardPlan(
        file="benchmark.tar",
        set=f"{kind}{'-sot' if transfer else ''}",
        kind=kind,
        split="train",
        stream=kind,
        seed=2,
        profile=BEST,
        size=1024,
        clean=True,
        parsing=False,
        colour_transfer=transfer,
        harmoniser=harmoniser,
        upscaler="lanczos",
        samples=(),
        occluders=tuple(entry.id for entry in bank.entries(POOL[kind])),
    )


def plans(mode: str, bank: Bank) -> list[ShardPlan]:
    """The plans a mode cycles through; ``best`` has everything that exists switched on."""
    if mode == "best":
        return [
            plan_of("randocc", bank),
            plan_of("object", bank, harmoniser="statistics"),
            plan_of("hand", bank, transfer=0.8),
        ]
    if mode == "hand_sot":
        return [plan_of("hand", bank, transfer=1.0)]
    return [plan_of(mode, bank)]  # type: ignore[arg-type]


def samples(mode: str, bank: Bank) -> Iterator[str]:
    """Render one sample after another; yields the verdicts."""
    cache, (face,) = OccluderCache(), bank.entries("face")
    cycle = [(plan, occluder_pool(bank, plan)) for plan in plans(mode, bank)]
    for repeat in range(10**9):
        plan, pool = cycle[repeat % len(cycle)]
        row, _ = attempt(replace(plan, samples=()), bank, cache, face, repeat, pool)
        yield row.verdict


def floor(bank: Bank) -> Callable[[], None]:
    """The codecs alone."""
    members = bank.read(bank.entries("face")[0])
    image, mask = decode_rgb(members["jpg"]), decode_plane(members["mask.png"])
    binary = (cv2.resize(mask, image.shape[1::-1]) > 127).astype("uint8")
    alpha = cv2.GaussianBlur(cv2.resize(mask, image.shape[1::-1]), (5, 5), 0)

    def once() -> None:
        decode_rgb(members["jpg"])
        decode_plane(members["mask.png"])
        for picture in (image, image):
            encode_jpeg(picture)
        for plane in (binary, alpha, binary):
            encode_png(plane)

    return once


def milliseconds(step: Callable[[], object], count: int) -> float:
    """CPU time per call."""
    start = time.process_time()
    for _ in range(count):
        step()
    return (time.process_time() - start) * 1000 / count


def measure(mode: str, count: int) -> dict[str, object]:
    """The figures of one mode over ``count`` samples."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        write_bank(Path(folder))
        bank = Bank(folder)
        verdicts: Counter[str] = Counter()
        stream, base = samples(mode, bank), floor(bank)
        milliseconds(lambda: next(stream), _WARM_UP)
        milliseconds(base, _WARM_UP)
        # Interleaved, so that a slow moment of the machine falls on both.
        spent, floors, part = [], [], max(1, count // 10)
        for _ in range(0, count, part):
            spent.append(milliseconds(lambda: verdicts.update([next(stream)]), part))
            floors.append(milliseconds(base, part))
    cpu, low = sum(spent) / len(spent), sum(floors) / len(floors)
    return {
        "mode": mode,
        "n": sum(verdicts.values()),
        "cpu_ms_per_image": round(cpu, 2),
        "floor_ms": round(low, 2),
        "ratio_to_floor": round(cpu / low, 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "verdicts": dict(verdicts),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=MODES, required=True)
    parser.add_argument("-n", type=int, default=60, help="samples to time")
    arguments = parser.parse_args()
    with WorkerPool(1) as pool:
        print(json.dumps(result_of(pool.submit(measure, arguments.mode, arguments.n))))


if __name__ == "__main__":
    main()
