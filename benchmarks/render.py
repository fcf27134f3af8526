"""Time of one sample, as a ratio to the codecs' time: ``python -m benchmarks.render --mode hand``.

One thread of a worker process, as in a build, at 1024². The floor is measured in the same run: OpenCV's
codecs decode the face's JPEG and its 512² mask and encode the five members. The time of the codecs in use
for the same work is printed too. Occluders come from a cache that is filled before timing.
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
import numpy as np

from assets.bank.reader import Bank
from benchmarks.inputs import write_bank
from manifests.shard_plan import SamplePlan, ShardPlan
from natocc.codecs import decode_plane, decode_rgb, encode_jpeg, encode_png
from natocc.geometry import Image
from natocc.kinds import KINDS
from natocc.profiles import BEST, Profile
from tasks.build.choose_occluder import OccluderChoice
from tasks.render.inputs import OccluderCache, open_inputs
from tasks.render.sample import attempt
from tasks.workers.pool import WorkerPool

MODES = ("randocc", "object", "hand", "hand_sot", "best")
_WARM_UP = 4

# ``best`` without the steps beyond the paper, which mode ``best`` alone has.
_PLAIN = replace(BEST, light=False, sharpness=False, noise=False, history=False, shadow=False)


def plan_of(
    kind: str,
    bank: Bank,
    *,
    profile: Profile = _PLAIN,
    transfer: float = 0.0,
    harmoniser: str | None = None,
) -> ShardPlan:
    return ShardPlan(
        file="benchmark.tar",
        set=f"{kind}{'-sot' if transfer else ''}",
        kind=kind,
        split="train",
        stream=kind,
        seed=2,
        profile=profile,
        size=1024,
        clean=True,
        parsing=False,
        labels="corrected",
        colour_transfer=transfer,
        transfer_method="table",
        algorithm_1=True,
        contrast_guard=True,
        harmoniser=harmoniser,
    )


def sample_planner(plan: ShardPlan, bank: Bank) -> Callable[[int], SamplePlan]:
    """What makes a sample of the bank's first face from the number of its repeat."""
    pool, face = KINDS[plan.kind].pool, bank.entries("face")[0]
    occluders = () if pool is None else bank.entries(pool.name)
    choice = OccluderChoice(plan.kind, occluders, seed=plan.seed, stream=plan.stream)

    def planned(repeat: int) -> SamplePlan:
        occluder = choice.choose(face, repeat)
        name = None if occluder is None else occluder.id
        return SamplePlan(face=face.id, repeat=repeat, occluder=name, cache_key="")

    return planned


def plans(mode: str, bank: Bank) -> list[ShardPlan]:
    """The plans that a mode cycles through; mode ``best`` has all steps switched on."""
    if mode == "best":
        return [
            plan_of("randocc", bank, profile=BEST),
            plan_of("object", bank, profile=BEST, harmoniser="statistics"),
            plan_of("hand", bank, profile=BEST, transfer=1.0),
        ]
    if mode == "hand_sot":
        return [plan_of("hand", bank, transfer=1.0)]
    return [plan_of(mode, bank)]  # type: ignore[arg-type]


def samples(mode: str, bank: Bank) -> Iterator[str]:
    """Render samples one after the other; yields their verdicts."""
    cache = OccluderCache()
    cycle = [(open_inputs(plan, bank, cache), sample_planner(plan, bank)) for plan in plans(mode, bank)]
    for repeat in range(10**9):
        shard, planned = cycle[repeat % len(cycle)]
        yield attempt(shard, planned(repeat)).row.verdict


def floor(bank: Bank) -> Callable[[], None]:
    """OpenCV's codecs with default options: decode a face and its mask, encode the five members."""
    members = bank.read(bank.entries("face")[0])
    photograph, mask = (np.frombuffer(members[name], np.uint8) for name in ("jpg", "mask.png"))

    def once() -> None:
        cv2.imdecode(photograph, cv2.IMREAD_COLOR_RGB)
        cv2.imdecode(mask, cv2.IMREAD_GRAYSCALE)
        for picture in pictures:
            cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95])
        for plane in planes:
            cv2.imencode(".png", plane)

    pictures, planes = _members(bank)
    return once


def codecs_in_use(bank: Bank) -> Callable[[], None]:
    """The same work with the codecs of ``natocc.codecs``."""
    members = bank.read(bank.entries("face")[0])
    pictures, planes = _members(bank)

    def once() -> None:
        decode_rgb(members["jpg"])
        decode_plane(members["mask.png"])
        for picture in pictures:
            encode_jpeg(picture)
        for plane in planes:
            encode_png(plane)

    return once


def _members(bank: Bank) -> tuple[tuple[Image, ...], tuple[Image, ...]]:
    """Two pictures and three planes like those of a sample."""
    members = bank.read(bank.entries("face")[0])
    image, mask = decode_rgb(members["jpg"]), decode_plane(members["mask.png"])
    large = cv2.resize(mask, image.shape[1::-1])
    binary = (large > 127).astype(np.uint8)
    alpha = cv2.GaussianBlur(large, (5, 5), 0).astype(np.uint8, copy=False)
    return (image, image), (binary, alpha, binary)


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
        rendered = samples(mode, bank)
        steps = (lambda: verdicts.update([next(rendered)]), floor(bank), codecs_in_use(bank))
        for step in steps:
            milliseconds(step, _WARM_UP)
        verdicts.clear()
        # Interleaved, so that a slow moment of the machine affects all of them.
        share = max(1, count // 10)
        rounds = [[milliseconds(step, share) for step in steps] for _ in range(0, count, share)]
    cpu, opencv, codecs = (sum(column) / len(column) for column in zip(*rounds, strict=True))
    return {
        "mode": mode,
        "n": sum(verdicts.values()),
        "cpu_ms_per_image": round(cpu, 2),
        "floor_ms": round(opencv, 2),
        "ratio_to_floor": round(cpu / opencv, 2),
        "own_codecs_ms": round(codecs, 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "verdicts": dict(verdicts),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=MODES, required=True)
    parser.add_argument("-n", type=int, default=60, help="samples to time")
    arguments = parser.parse_args()
    with WorkerPool(1) as pool:
        print(json.dumps(pool.submit(measure, arguments.mode, arguments.n).result()))


if __name__ == "__main__":
    main()
