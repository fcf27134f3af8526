"""Cost of lifting a network's picture to full size: ``python -m benchmarks.networks_lift``, a JSON line each.

A cup of 400 pixels in a portrait of 1024², harmonised by tone curves at the network's size. CPU times of one
thread of a worker process, as in a build; the floor, decoding the portrait's JPEG with OpenCV, is measured
in alternation.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from benchmarks import inputs
from natocc.compositing import blend
from natocc.geometry import Image
from natocc.harmonise.lift import LIFTS, to_working_size
from tasks.workers.pool import WorkerPool

_OBJECT = 400
_WARM_UP = 2

Work = Callable[[], object]


def composite() -> tuple[Image, Image]:
    """The cup in the portrait, and its matte, both at full size."""
    face, (cup, alpha) = inputs.portrait()[0], inputs.cup()
    scale = _OBJECT / max(alpha.shape)
    small, matte = (
        cv2.resize(plane, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for plane in (cup, alpha)
    )
    over, plane = face.copy(), np.zeros(face.shape[:2], np.uint8)
    place = slice(450, 450 + small.shape[0]), slice(300, 300 + small.shape[1])
    over[place], plane[place] = small, matte
    return blend(face, over, plane), plane


def curves(picture: Image) -> Image:
    """A tone curve for each channel, and a blur like that of networks."""
    levels = np.arange(256) / 255
    table = np.stack([levels**0.8, levels * 0.9, levels**1.3 * 0.9 + 0.05], axis=1) * 255
    return np.asarray(cv2.GaussianBlur(cv2.LUT(picture, table.astype(np.uint8)[None]), (0, 0), 1), np.uint8)


def milliseconds(work: Work) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def measure(size: int, count: int) -> list[dict[str, object]]:
    """A line for each lift from one working size. Runs in a worker process."""
    cv2.setNumThreads(1)
    picture, matte = composite()
    jpeg = cv2.imencode(".jpg", picture)[1]
    working = to_working_size(picture, matte, size)
    harmonised = curves(working.composite)
    works: dict[str, Work] = {
        "floor": partial(cv2.imdecode, jpeg, cv2.IMREAD_COLOR),
        "to working size": partial(to_working_size, picture, matte, size),
    }
    works |= {name: partial(lift, picture, matte, working, harmonised) for name, lift in LIFTS.items()}
    spent: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(count + _WARM_UP):
        for name, work in works.items():
            taken = milliseconds(work)
            if turn >= _WARM_UP:
                spent[name].append(taken)
    ms = {name: float(np.median(times)) for name, times in spent.items()}
    floor = ms.pop("floor")
    return [
        {
            "lift": name,
            "working_size": size,
            "cpu_ms": round(median, 1),
            "floor_ms": round(floor, 1),
            "ratio_to_floor": round(median / floor, 1),
        }
        for name, median in ms.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=20, help="times to measure each")
    arguments = parser.parse_args()
    with WorkerPool(1) as pool:
        for size in (256, 512):
            for line in pool.submit(measure, size, arguments.n).result():
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
