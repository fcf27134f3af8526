"""A test set of one's own in the making: pictures and coarse masks."""

from __future__ import annotations

from pathlib import Path

from tests.raw_trees import disc, encoded, portrait, write

SIDE = 60


def own_set(folder: Path, names: tuple[str, ...] = ("7", "ada", "x y")) -> tuple[Path, Path]:
    """``own/img`` with a picture of each name, and the folder of their coarse masks."""
    for number, name in enumerate(names):
        write(folder / f"own/img/{name}.jpg", encoded(portrait(SIDE, SIDE + number)))
        write(folder / f"coarse/{name}.png", encoded(disc(SIDE, SIDE + number), "PNG"))
    return folder / "own", folder / "coarse"
