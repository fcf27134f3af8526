"""Small COFW files in the true form of MATLAB 7.3: cells are references, the axes are reversed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np

from natocc.geometry import Image
from tests.raw_trees import disc, encoded, portrait, write

SUFFIX = {"train": "Tr", "test": "T"}


def points(count: int) -> np.ndarray:
    """(count, 87): face i has landmark k at (10 + i % 10 + k, 5 + k); every third is occluded."""
    k = np.arange(29.0)
    rows = [np.concatenate([10 + face % 10 + k, 5 + k, k % 3 == 0]) for face in range(count)]
    return np.array(rows).reshape(count, 87)


def boxes(count: int) -> np.ndarray:
    """(count, 4): a box around the landmarks of each face."""
    return np.array([[face % 10 + 8, 3, 32, 33] for face in range(count)], np.float64).reshape(count, 4)


def pictures(count: int) -> list[Image]:
    """Heights of 40, widths of 50 and more; the second has no colours."""
    found = [np.roll(portrait(40, 50 + face), face, axis=1) for face in range(count)]
    return [image[..., 1] if face == 1 else image for face, image in enumerate(found)]


def add_cofw(
    folder: Path, part: str, images: Sequence[np.ndarray | None], **replaced: np.ndarray | None
) -> Path:
    """``COFW_<part>_color.mat``; keyword arguments replace variables as MATLAB would show them."""
    path = folder / f"COFW_{part}_color.mat"
    path.parent.mkdir(parents=True, exist_ok=True)
    suffix, count = SUFFIX[part], len(images)
    with h5py.File(path, "w", userblock_size=512) as file:
        references = np.empty((1, count), h5py.ref_dtype)
        for index, image in enumerate(images):
            if image is not None:
                options: Mapping[str, Any] = {"compression": "gzip", "chunks": True}
                stored = file.create_dataset(f"#refs#/{index}", data=image.T, **options)
                stored.attrs["MATLAB_class"] = np.bytes_(str(image.dtype))
                references[0, index] = stored.ref
            else:
                references[0, index] = h5py.Reference()
        cells = file.create_dataset(f"Is{suffix}", data=references, dtype=h5py.ref_dtype)
        cells.attrs["MATLAB_class"] = np.bytes_("cell")
        numbers = {f"phis{suffix}": points(count), f"bboxes{suffix}": boxes(count)} | replaced
        for name, values in numbers.items():
            if values is not None:
                file.create_dataset(name, data=values.T).attrs["MATLAB_class"] = np.bytes_("double")
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM")
    return path


def add_masked_cofw(raw: Path, masks: Sequence[str]) -> None:
    """Training faces of which the last three, from row 845 on, are COFW's own, and masks of their sizes."""
    write(raw / "COFW/COFW_train_color.mat", _genuine())
    for name in masks:
        number = int("".join(filter(str.isdigit, name))) - 845
        write(raw / "COFW/masks" / name, encoded(disc(40, 60 + number), "PNG"))


@cache
def _genuine() -> bytes:
    small, own = np.full((4, 4, 3), 9, np.uint8), [portrait(40, 60 + number) for number in range(3)]
    count = 845 + len(own)
    rows, around = points(count), boxes(count)
    rows[:845, :58], around[:845] = 2, [1, 1, 2, 2]
    with TemporaryDirectory() as folder:
        images = [small] * 845 + own
        return add_cofw(Path(folder), "train", images, phisTr=rows, bboxesTr=around).read_bytes()
