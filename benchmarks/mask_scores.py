"""How early wrong masks come in the queue: ``python -m benchmarks.mask_scores --bank data/bank``.

The bank's faces and masks count as right. Each kind of fault is applied to every face: an occluder that
the mask ignores, a mask that is grown, shrunk, shifted or incomplete, swapped part files. AUC is the
probability that a face with the fault comes before a right one. The shares assume a dataset in which 4,000
of 30,000 masks have this one fault: the share of wrong masks in the first twentieth of the queue, and the
share of all wrong masks in its first seventh and first quarter.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assets.bank.reader import Bank
from natocc.codecs import decode_plane, decode_rgb
from natocc.face import make_face
from natocc.geometry import Image
from natocc.harmonise.statistics import harmonise_statistics
from natocc.kinds import KINDS
from natocc.mask_quality.score import score_mask
from natocc.masks.policy import CLASS_IDS, NOT_FACE
from natocc.occluders.occluder import Occluder, decode_occluder
from natocc.profiles import PROFILES
from natocc.randomness import Streams
from natocc.render.compose import render
from natocc.render.draw import Switches, draw_params

WRONG = 4000 / 30000
BUDGETS = (0.05, 1 / 7, 0.25)
# Hidden ratios at which an ignored occluder counts as a fault.
_HIDDEN = (0.04, 0.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A face and its annotation: RGB, part masks and face mask of the same size."""

    id: str
    rgb: Image
    parts: dict[str, Image]
    mask: Image

    @property
    def score(self) -> float:
        return score_mask(self.rgb, self.parts, self.mask).score


def read_cases(bank: Bank) -> Iterator[Case]:
    """The bank's faces at the size of their masks; the parts come from the parsing map."""
    for entry in bank.entries("face"):
        members = bank.read(entry)
        mask, classes = decode_plane(members["mask.png"]), decode_plane(members["parsing.png"])
        rgb = cv2.resize(decode_rgb(members["jpg"]), mask.shape[::-1], interpolation=cv2.INTER_AREA)
        planes = {name: (classes == number).astype(np.uint8) * 255 for name, number in CLASS_IDS.items()}
        parts = {name: plane for name, plane in planes.items() if plane.any()} | {"skin": mask}
        yield Case(id=entry.id, rgb=rgb.astype(np.uint8), parts=parts, mask=mask)


def occluded(case: Case, kind: str, pool: list[Occluder], repeat: int, *, parts_removed: bool) -> Case | None:
    """An occluder that the mask ignores; with ``parts_removed`` hidden features are not annotated."""
    face = make_face(case.rgb, case.mask, long_side=max(case.mask.shape))
    streams = Streams(5, kind, f"{case.id}-{repeat}")
    occluder = pool[int(streams.stage("pick").integers(len(pool)))]
    switches = Switches(transfer_strength=1.0, harmonise=True)
    params = draw_params(face, occluder, kind, PROFILES["best"], switches, streams)
    params = replace(
        params, final_affine=None, final_flip=False, final_blur=None, final_tone=None, opacity=1.0
    )
    composite = render(face, occluder, params, harmonise_statistics)
    if not _HIDDEN[0] < composite.hidden_ratio < _HIDDEN[1]:
        return None
    parts = dict(case.parts)
    solid = np.where(composite.alpha > 127, 255, 0).astype(np.uint8)
    for name, plane in case.parts.items() if parts_removed else ():
        hidden = cv2.countNonZero(plane & solid)
        if name != "skin" and name not in NOT_FACE and hidden > 0.5 * cv2.countNonZero(plane):
            del parts[name]
    return replace(case, rgb=composite.image, parts=parts)


def grown(case: Case, by: int) -> Case:
    mask = cv2.dilate(case.mask, _disc(by)).astype(np.uint8)
    return replace(case, mask=mask, parts=case.parts | {"skin": mask})


def over_the_hair(case: Case) -> Case | None:
    """Hair within 40 pixels of the face is annotated as skin."""
    if "hair" not in case.parts:
        return None
    near = (cv2.dilate(case.mask, _disc(40)) > 0) & (case.parts["hair"] > 0)
    mask = np.where(near, 255, case.mask).astype(np.uint8)
    if cv2.countNonZero(mask) < 1.05 * cv2.countNonZero(case.mask):
        return None
    parts = {name: plane for name, plane in case.parts.items() if name != "hair"} | {"skin": mask}
    return replace(case, mask=mask, parts=parts)


def shrunk(case: Case) -> Case:
    return replace(case, mask=cv2.erode(case.mask, _disc(24)).astype(np.uint8))


def shifted(case: Case, by: float, *, parts: bool) -> Case:
    """The mask, with ``parts`` also the part files, moved by ``by`` pixels in a direction drawn by the id."""
    angle = _random(case).uniform(0, 2 * np.pi)
    matrix = np.array([[1, 0, by * np.cos(angle)], [0, 1, by * np.sin(angle)]], np.float32)

    def move(plane: Image) -> Image:
        return cv2.warpAffine(plane, matrix, plane.shape[::-1], flags=cv2.INTER_NEAREST).astype(np.uint8)

    moved = {name: move(plane) for name, plane in case.parts.items()} if parts else case.parts
    return replace(case, mask=move(case.mask), parts=moved)


def half_missing(case: Case, *, side: bool) -> Case:
    rows, columns = np.nonzero(case.mask)
    mask = case.mask.copy()
    if side:
        mask[:, : int(np.median(columns))] = 0
    else:
        mask[int(np.median(rows)) :] = 0
    return replace(case, mask=mask)


def bitten(case: Case, radius: int, *, inside: bool) -> Case:
    """A disc of the mask is missing, at the rim or well inside."""
    core = cv2.erode(case.mask, _disc(40 if inside else 12)) > 0
    spots = np.argwhere(core if inside else (case.mask > 0) & ~core)
    y, x = spots[_random(case).integers(len(spots))].tolist()
    return replace(case, mask=cv2.circle(case.mask.copy(), (x, y), radius, 0, -1).astype(np.uint8))


def swapped(case: Case, first: str, second: str) -> Case | None:
    if not {first, second} <= case.parts.keys():
        return None
    return replace(case, parts=case.parts | {first: case.parts[second], second: case.parts[first]})


def half_an_eye(case: Case) -> Case | None:
    if "l_eye" not in case.parts:
        return None
    eye = cv2.erode(case.parts["l_eye"], np.ones((9, 9), np.uint8)).astype(np.uint8)
    return replace(case, parts=case.parts | {"l_eye": eye})


FAULTS: dict[str, Callable[[Case], Case | None]] = {
    "mask grown by 16 of 512": lambda case: grown(case, 16),
    "mask grown by 32": lambda case: grown(case, 32),
    "hair is skin": over_the_hair,
    "mask shrunk by 24": shrunk,
    "mask off by 20": lambda case: shifted(case, 20, parts=False),
    "mask off by 40": lambda case: shifted(case, 40, parts=False),
    "mask and parts off by 20": lambda case: shifted(case, 20, parts=True),
    "mask and parts off by 40": lambda case: shifted(case, 40, parts=True),
    "a side missing": lambda case: half_missing(case, side=True),
    "the lower half missing": lambda case: half_missing(case, side=False),
    "bitten at the rim": lambda case: bitten(case, 50, inside=False),
    "a hole": lambda case: bitten(case, 16, inside=True),
    "eye and brow swapped": lambda case: swapped(case, "l_eye", "l_brow"),
    "left and right brow swapped": lambda case: swapped(case, "l_brow", "r_brow"),
    "an eye too small": half_an_eye,
}


def occluder_faults(bank: Bank, cases: list[Case]) -> Iterator[tuple[str, list[Case]]]:
    for kind, row in KINDS.items():
        entries = bank.entries(row.pool.name) if row.pool else ()
        pool = [decode_occluder(bank.read(entry)) for entry in entries]
        for parts_removed in (True, False) if pool else ():
            faulty = [
                occluded(case, kind, pool, repeat, parts_removed=parts_removed)
                for case in cases
                for repeat in range(2)
            ]
            name = f"{kind} on the face" + ("" if parts_removed else ", covered parts drawn")
            yield name, [case for case in faulty if case is not None]


def figures(right: list[float], wrong: list[float]) -> list[str]:
    """AUC, then the shares at the budgets, for a queue with the share ``WRONG`` of wrong masks."""
    clean, bad = np.array(right), np.array(wrong)
    auc = (bad[:, None] > clean).mean() + 0.5 * (bad[:, None] == clean).mean()
    scores = np.concatenate([bad, clean])
    fault = np.repeat([1.0, 0.0], [len(bad), len(clean)])
    weight = np.where(fault > 0, WRONG / len(bad), (1 - WRONG) / len(clean))
    # Of equal scores the right faces come first: no credit for ties.
    order = np.lexsort((fault, -scores))
    reviewed = np.cumsum(weight[order])
    found = np.cumsum((weight * fault)[order])
    first, second, third = (float(np.interp(budget, reviewed, found)) for budget in BUDGETS)
    return [f"{auc:.3f}", f"{first / BUDGETS[0]:.0%}", f"{second / WRONG:.0%}", f"{third / WRONG:.0%}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", default="data/bank")
    bank = Bank(parser.parse_args().bank)
    cv2.setNumThreads(1)
    cases = list(read_cases(bank))
    right = [case.score for case in cases]
    table = Table("fault", "faces", "AUC", "wrong in first 5 %", "found in first 1/7", "in first 1/4")
    for name, faulty in track(list(occluder_faults(bank, cases)), "occluders", transient=True):
        table.add_row(name, str(len(faulty)), *figures(right, [case.score for case in faulty]))
    for name, apply in FAULTS.items():
        faulty = [changed for case in cases if (changed := apply(case)) is not None]
        table.add_row(name, str(len(faulty)), *figures(right, [case.score for case in faulty]))
    console = Console(width=110)
    console.print(table)
    console.print(_timing(bank, cases))


def _timing(bank: Bank, cases: list[Case]) -> str:
    """CPU time for each face, and its ratio to decoding the photograph."""
    photographs = [bank.read(entry)["jpg"] for entry in bank.entries("face")]
    scoring = min(_seconds(lambda: [case.score for case in cases]) for _ in range(3)) / len(cases)
    floor = min(_seconds(lambda: [decode_rgb(data) for data in photographs]) for _ in range(3)) / len(cases)
    return f"{1000 * scoring:.1f} ms a face, {scoring / floor:.1f} times decoding its photograph"


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _disc(radius: int) -> Image:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)).astype(np.uint8)


def _random(case: Case) -> np.random.Generator:
    return Streams(5, "spoil", case.id).stage("where")


if __name__ == "__main__":
    main()
