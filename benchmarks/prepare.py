"""Speed and memory of preparing faces: ``python -m benchmarks.prepare -n 800``.

A raw tree of ``n`` faces in CelebAMask-HQ's format: a 1024² JPEG each and ``--parts`` part masks (18 at
most), 512² with three channels, as Pillow writes them. It is prepared from nothing, again unchanged, and
again after one mask has changed. A quarter of the tree is prepared first, to show how memory grows. The
floor is the codecs alone, measured afterwards in one process: decoding the same files and encoding what
the bank holds. The output is one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow

from benchmarks.inputs import parsing, portrait
from natocc.codecs import decode_plain_png, decode_rgb, encode_jpeg, encode_png
from natocc.geometry import Image
from natocc.masks.policy import CLASS_IDS, PARTS
from tasks.prepare.bank import prepare
from tasks.prepare.report import PrepareReport

# Faces in the download.
WHOLE = 30_000


def write_tree(raw: Path, count: int, parts: Sequence[str]) -> None:
    """Different faces: the portrait and its parts, shifted."""
    image, classes = portrait()[0], parsing()
    planes = {part: _plane(classes, part) for part in parts}
    folder = raw / "CelebAMask-HQ"
    (folder / "CelebA-HQ-img").mkdir(parents=True)
    for number in range(count):
        shift = number % 64 - 32
        (folder / f"CelebA-HQ-img/{number}.jpg").write_bytes(encode_jpeg(np.roll(image, 2 * shift, axis=1)))
        masks = folder / f"CelebAMask-HQ-mask-anno/{number // 2000}"
        masks.mkdir(parents=True, exist_ok=True)
        for part, plane in planes.items():
            rgb = cv2.merge([np.roll(plane, shift, axis=1)] * 3)
            Pillow.fromarray(rgb).save(masks / f"{number:05d}_{part}.png")


def _plane(classes: Image, part: str) -> Image:
    """The part's mask; a small rectangle for a part that the portrait lacks."""
    plane = np.where(classes == CLASS_IDS[part], 255, 0).astype(np.uint8)
    if not plane.any():
        row = 8 + 12 * PARTS.index(part)
        plane[row : row + 10, 4:60] = 255
    return plane


def floor_ms(raw: Path, count: int, parts: Sequence[str]) -> float:
    """CPU time of the codecs alone, per face: JPEG and part masks in, mask and parsing map out."""
    folder = raw / "CelebAMask-HQ"
    start = time.process_time()
    for number in range(count):
        decode_rgb((folder / f"CelebA-HQ-img/{number}.jpg").read_bytes())
        masks = folder / f"CelebAMask-HQ-mask-anno/{number // 2000}"
        planes = [decode_plain_png((masks / f"{number:05d}_{part}.png").read_bytes()) for part in parts]
        for plane in planes[:2]:
            encode_png(plane[..., 0])
    return 1000 * (time.process_time() - start) / count


def timed(raw: Path, bank: Path, workers: int) -> tuple[PrepareReport, float, int]:
    """The report, wall time in seconds, and the peak memory of all processes together in MB."""
    watch = _Memory()
    start = time.perf_counter()
    with watch:
        report = prepare(raw, str(bank), workers=workers)
    return report, time.perf_counter() - start, watch.peak_mb


class _Memory:
    """Samples the memory of this process and its children five times a second."""

    def __init__(self) -> None:
        self.peak_mb, self._done = 0, threading.Event()

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(0.2):
            self.peak_mb = max(self.peak_mb, sum(map(_held, _family())) // 2**20)


def _family() -> list[int]:
    me = os.getpid()
    tasks = Path(f"/proc/{me}/task")
    children = [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]
    return [me, *children]


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _held(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=800, help="faces")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--parts", type=int, default=len(PARTS), choices=range(2, len(PARTS) + 1))
    arguments = parser.parse_args()
    parts = PARTS[: arguments.parts]
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tree(folder / "few", arguments.n // 4, parts)
        write_tree(folder / "raw", arguments.n, parts)
        _, _, few_mb = timed(folder / "few", folder / "few_bank", arguments.workers)
        before = _cpu_of_children()
        first, seconds, peak_mb = timed(folder / "raw", folder / "bank", arguments.workers)
        cpu = _cpu_of_children() - before
        again, again_s, _ = timed(folder / "raw", folder / "bank", arguments.workers)
        mask = folder / "raw/CelebAMask-HQ/CelebAMask-HQ-mask-anno/0/00007_nose.png"
        mask.write_bytes((mask.parent / "00008_nose.png").read_bytes())
        changed, changed_s, _ = timed(folder / "raw", folder / "bank", arguments.workers)
        floor = floor_ms(folder / "raw", min(arguments.n, 100), parts)
    rate = arguments.n / seconds
    line = {
        "faces": arguments.n,
        "parts_a_face": len(parts),
        "workers": arguments.workers,
        "faces_per_second": round(rate, 1),
        "worker_cpu_ms": round(1000 * cpu / arguments.n, 1),
        "codecs_alone_ms": round(floor, 1),
        "minutes_for_30000": round(WHOLE / rate / 60, 1),
        "peak_mb": peak_mb,
        "peak_mb_of_a_quarter": few_mb,
        "unchanged_s": round(again_s, 2),
        "one_mask_changed_s": round(changed_s, 2),
        "shards": {
            "made": first.shards_made,
            "unchanged": again.shards_kept,
            "changed": changed.shards_made,
        },
        "refused": first.refused,
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
