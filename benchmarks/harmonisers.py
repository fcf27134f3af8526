"""Objects on faces by each harmoniser: ``python -m benchmarks.harmonisers --bank BANK --out X.png``.

The same samples in every column: not harmonised, by statistics, and by each network of ``--network`` with
both lifts. The output is the mean change of the object's pixels in levels, and the time of one sample.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from assets.bank.reader import Bank
from manifests.recipe import load_recipe
from natocc.codecs import encode_png_rgb
from natocc.geometry import Image
from natocc.harmonise.lift import LIFTS
from natocc.machine import Machine
from natocc.occluders.occluder import Occluder
from natocc.render.compose import Composite, compose
from tasks.build.choose_harmoniser import choose_network
from tasks.compare.cases import Case, choose_cases
from tasks.contact_sheet import Strip, compose_sheet
from tasks.render.harmonise import Harmonising, open_harmoniser, render_harmonised
from tasks.render.inputs import OccluderCache, load_face


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A way of harmonising; None leaves the composite as it is."""

    name: str
    harmonise: Harmonising | None


def columns(networks: list[str], weights: str | None) -> list[Column]:
    """All columns; networks come with both lifts."""
    found = [Column(name="none", harmonise=None)]
    found.append(Column(name="statistics", harmonise=open_harmoniser("statistics", None, None)))
    for name in networks:
        for lift in sorted(LIFTS):
            recipe = load_recipe("sample", harmoniser=name, lift=lift)
            network = choose_network(recipe, Machine(weights=weights))
            use = network.use if network else None
            found.append(Column(name=f"{name}, {lift}", harmonise=open_harmoniser(name, use, weights)))
    return found


def render_case(case: Case, bank: Bank, occluder: Occluder, column: Column) -> tuple[Composite, float]:
    """The sample, and the time of its harmonisation in milliseconds."""
    face = load_face(bank, case.face, case.plan.size, parsing=False)
    # The final augmentation would hide the differences.
    params = replace(case.params, final_affine=None, final_blur=None, final_tone=None, final_flip=False)
    if column.harmonise is None:
        plain = replace(params, harmonise=False)
        return render_harmonised(face, occluder, plain, open_harmoniser(None, None, None)), 0.0
    draft = compose(face, occluder, params)
    start = time.perf_counter()
    column.harmonise([draft])
    spent = 1000 * (time.perf_counter() - start)
    return render_harmonised(face, occluder, params, column.harmonise), spent


def moved(before: Composite, after: Composite) -> float:
    """Mean change of the occluder's pixels, in levels."""
    inside = before.alpha > 127
    return float(np.abs(after.image[inside].astype(np.int16) - before.image[inside]).mean())


def crop(composite: Composite, side: int) -> Image:
    """A square of the picture, centred on the occluder as far as it fits."""
    rows, columns = np.nonzero(composite.alpha > 127)
    height, width = composite.alpha.shape
    side = min(side, height, width)
    top = int(np.clip(rows.mean() - side / 2, 0, height - side))
    left = int(np.clip(columns.mean() - side / 2, 0, width - side))
    return composite.image[top : top + side, left : left + side]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--network", action="append", default=[], help="weights by name; any number of times")
    parser.add_argument("--weights", default=None)
    parser.add_argument("--recipe", default="sample")
    parser.add_argument("-n", type=int, default=8)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    bank, cache = Bank(options.bank), OccluderCache()
    ways = columns(options.network, options.weights)
    strips, changes, times = [], {way.name: [0.0] for way in ways}, {way.name: [0.0] for way in ways}
    for case in choose_cases(bank, options.recipe, ("object",), options.n, options.seed):
        occluder = cache.get(bank, case.occluder)
        composites: list[Composite] = []
        for way in ways:
            composite, spent = render_case(case, bank, occluder, way)
            composites.append(composite)
            changes[way.name].append(moved(composites[0], composite))
            times[way.name].append(spent)
        pictures = tuple(crop(composite, 640) for composite in composites)
        strips.append(Strip(pictures=pictures, caption=f"{case.occluder.id} on face {case.face.id}"))
    title = " · ".join(way.name for way in ways)
    options.out.write_bytes(encode_png_rgb(compose_sheet(strips, title, side=320, columns=1)))
    for way in ways:
        figures = {
            "harmoniser": way.name,
            "samples": options.n,
            "moved_levels": round(float(np.mean(changes[way.name][1:])), 2),
            "median_ms": round(float(np.median(times[way.name][1:])), 1),
        }
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
