"""CelebAMask-HQ's own tables as they are published, and the faces that a reader makes of them."""

from __future__ import annotations

from pathlib import Path

from assets.datasets.celebamask.reader import read_faces
from assets.problems import Problem
from assets.records import RawFace
from tests.raw_trees import add_face

# The 40 names of the download, in its order.
NAMES = (
    "5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair "
    "Blond_Hair Blurry Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup "
    "High_Cheekbones Male Mouth_Slightly_Open Mustache Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose "
    "Receding_Hairline Rosy_Cheeks Sideburns Smiling Straight_Hair Wavy_Hair Wearing_Earrings Wearing_Hat "
    "Wearing_Lipstick Wearing_Necklace Wearing_Necktie Young"
)


def attributes(*rows: tuple[str, str], count: int | None = None) -> bytes:
    """The file as it is published; a row is a photograph and the names that are +1."""
    names = NAMES.split()
    lines = [str(len(rows) if count is None else count), NAMES + " "]
    for photo, true in rows:
        values = ["1" if name in true.split() else "-1" for name in names]
        lines.append(f"{photo} {' '.join(values)} ")
    return ("\n".join(lines) + "\n").encode()


def mapping(*rows: tuple[int, int], header: bool = True) -> bytes:
    """The file as it is published: columns padded with blanks."""
    lines = ["idx        orig_idx   orig_file"] if header else []
    lines += [f"{photo:<11}{number:<11}{number + 1:06d}.jpg" for photo, number in rows]
    return ("\n".join(lines) + "\n").encode()


def faces_of(raw: Path, *stems: str) -> tuple[list[RawFace], list[str]]:
    for stem in stems:
        add_face(raw, stem, b"x", {"skin": b"x"})
    problems: list[Problem] = []
    faces = list(read_faces(raw, problems.append))
    return faces, [f"{problem.action} {problem}" for problem in problems]
