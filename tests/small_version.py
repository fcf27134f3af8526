"""A small version and bank in the true on-disk formats, from a real portrait and random discs."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from assets.bank.writer import close_bank
from manifests.dataset import DATASET_INDEX, Dataset, ShardRecord
from shards.storage import join, sha256_bytes, write_bytes
from shards.tar import pack

Members = dict[str, bytes]


def occluded_face(seed: int, *, side: int = 128, split: str = "train") -> Members:
    """Members of one sample: the astronaut's face behind a disc whose place follows from ``seed``."""
    portrait = cv2.resize(data.astronaut()[0:256, 96:352], (side, side), interpolation=cv2.INTER_AREA)
    face = _disc(side, (0.5, 0.42), 0.26)
    rng = np.random.default_rng(seed)
    place = rng.uniform(0.3, 0.7, 2)
    disc = _disc(side, (float(place[0]), float(place[1])), 0.13)
    image = np.where(disc[..., None] > 0, rng.integers(0, 255, 3, np.uint8), portrait)
    mask = face & ~disc & 1
    facts = {"kind": "randocc", "face": {"id": f"{seed:05d}", "split": split}, "occluder": {"split": split}}
    return {
        "jpg": _encode(".jpg", cv2.cvtColor(image.astype(np.uint8), cv2.COLOR_RGB2BGR)),
        "mask.png": _encode(".png", mask),
        "alpha.png": _encode(".png", disc),
        "clean.jpg": _encode(".jpg", cv2.cvtColor(portrait, cv2.COLOR_RGB2BGR)),
        "clean_mask.png": _encode(".png", face & 1),
        "json": json.dumps(facts).encode(),
    }


def write_version(url: str, shards: dict[str, tuple[str, list[tuple[str, Members]]]]) -> str:
    """Write shards (file name → (split, samples)) and their ``dataset.json``; returns the URL."""
    records = []
    for file, (split, samples) in shards.items():
        packed = pack(samples)
        write_bytes(join(url, file), packed)
        record = ShardRecord(
            file=file,
            set=file.split("-")[-2],
            split=split,
            cache_key="",
            samples=len(samples),
            counts={"kept": len(samples)},
            bytes=len(packed),
            sha256=sha256_bytes(packed),
        )
        records.append(record)
    dataset = Dataset(
        name="small",
        version=Path(url).name,
        recipe={},
        overrides={},
        bank={},
        code_version="",
        libraries={},
        backends={},
        counts={},
        counts_by_set={},
        left_out={},
        shards=tuple(records),
        files={},
        licences=(),
    )
    write_bytes(join(url, DATASET_INDEX), dataset.encode())
    return url


def small_version(url: str, *, train: int = 8, test: int = 4) -> str:
    """A version with one shard of either split."""
    return write_version(
        url,
        {
            "test-heldout-000000.tar": ("test", _samples(100, test, "test")),
            "train-randocc-000000.tar": ("train", _samples(0, train, "train")),
        },
    )


def small_bank(url: str, *, real: int = 3, **others: int) -> str:
    """A bank that holds nothing but really occluded faces: ``real`` of RealOcc, and of other datasets."""
    files, datasets = {}, {}
    for number, (name, count) in enumerate({"RealOcc": real, **others}.items()):
        faces = _samples(200 + 100 * number, count, "test")
        packed = pack([(key, {member: one[member] for member in ("jpg", "mask.png")}) for key, one in faces])
        file = f"{name.lower()}-000000.tar"
        write_bytes(join(url, file), packed)
        files[file] = sha256_bytes(packed)
        datasets[name] = {"file": file, "faces": count, "licence": ""}
    evaluation = {"faces": real + sum(others.values()), "datasets": datasets}
    close_bank(url, [], files, {}, {"evaluation": evaluation})
    return url


def _samples(first: int, count: int, split: str) -> list[tuple[str, Members]]:
    return [(f"{number:08d}", occluded_face(number, split=split)) for number in range(first, first + count)]


def _disc(side: int, centre: tuple[float, float], radius: float) -> NDArray[np.uint8]:
    canvas = np.zeros((side, side), np.uint8)
    at = (round(centre[0] * side), round(centre[1] * side))
    cv2.circle(canvas, at, round(radius * side), 255, cv2.FILLED)
    return canvas


def _encode(extension: str, pixels: NDArray[np.uint8]) -> bytes:
    written, data_ = cv2.imencode(extension, pixels)
    assert written
    return bytes(data_)
