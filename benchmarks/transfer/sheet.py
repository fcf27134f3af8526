"""The same hands on faces by several transfers: ``python -m benchmarks.transfer.sheet --bank data/bank``.

Every column has the placements of profile ``paper``, each hand on a face, without blur, JPEG and final
augmentation, so that columns differ in colours alone.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import cv2

from assets.bank.reader import Bank
from natocc.face import Face
from natocc.geometry import Image
from natocc.occluders.occluder import Occluder
from natocc.profiles import PAPER
from natocc.randomness import Streams
from natocc.render.compose import render
from natocc.render.draw import Switches, draw_params
from natocc.transfer.apply import Transfer
from tasks.contact_sheet import Strip, compose_sheet
from tasks.render.inputs import load_face, load_occluder

COLUMNS = {
    "no transfer": None,
    "sot": Transfer(strength=1, seed=7, method="sot", guard=False),
    "sot without Algorithm 1": Transfer(strength=1, seed=7, method="sot", guard=False, algorithm_1=False),
    "table": Transfer(strength=1, seed=7),
    "partial": Transfer(strength=1, seed=7, method="partial"),
}
_SIDE = 320
# Only colours are to differ; hands lie upright enough to be seen whole.
_PROFILE = replace(
    PAPER,
    blur_probability=0.0,
    jpeg_probability=0.0,
    tone_probability=0.0,
    final_affine=False,
    hidden_ratio=(0.1, 0.5),
    placement_tries=24,
)


def pictures(face: Face, hand: Occluder, name: str) -> tuple[Image, ...]:
    """The sample by every transfer of ``COLUMNS``."""
    drawn = draw_params(face, hand, "hand", _PROFILE, Switches(), Streams(2, "sheet", name))
    return tuple(
        render(face, hand, replace(drawn, transfer=transfer, final_flip=False)).image
        for transfer in COLUMNS.values()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True, help="folder or URL of a bank with hands and faces")
    parser.add_argument("--rows", type=int, default=6, help="hands, each on another face")
    parser.add_argument("--size", type=int, default=1024, help="long side of the pictures in pixels")
    parser.add_argument("--out", type=Path, default=Path("transfers.png"))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    bank = Bank(arguments.bank)
    faces, hands = bank.entries("face"), bank.entries("hand")
    strips = []
    for row in range(arguments.rows):
        face, hand = faces[row * len(faces) // arguments.rows], hands[row % len(hands)]
        decoded = load_face(bank, face, arguments.size, parsing=False)
        made = pictures(decoded, load_occluder(bank, hand), f"{face.id}-{row}")
        strips.append(Strip(pictures=made, caption=f"hand {hand.id} on face {face.id}"))
    sheet = compose_sheet(strips, " | ".join(COLUMNS), side=_SIDE, columns=1)
    cv2.imwrite(str(arguments.out), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    print(arguments.out)


if __name__ == "__main__":
    main()
