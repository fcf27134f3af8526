"""Feeds of small versions, and banks of small occluders."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from assets.bank.writer import BankWriter
from benchmarks import inputs
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from natocc.resize.scale import limit_long_side
from tasks.training.segmenter.feed.filters import FeedFilters
from tasks.training.segmenter.feed.open import Feed, open_feed
from tasks.training.segmenter.feed.reading.index import FeedSample
from tasks.training.segmenter.feed.reading.source import FeedSource
from tasks.training.segmenter.feed.reading.target import LearntTarget
from tests.entries import blank_entry
from tests.small_version import Members, occluded_face, write_version


def sample(photo: str, **fields: str | int) -> FeedSample:
    """A sample of nobody known, of the split train, unless ``fields`` say otherwise."""
    given: dict[str, Any] = {"source": 0, "file": 0, "split": "train", "set": "randocc", "kind": "none"}
    return FeedSample(**given | {"category": "none", "key": photo, "photo": photo, "person": ""} | fields)


def shard(first: int, count: int, split: str = "train") -> tuple[str, list[tuple[str, Members]]]:
    return split, [
        (f"{number:08d}", occluded_face(number, side=48, split=split))
        for number in range(first, first + count)
    ]


def version(folder: Path, name: str = "v", *, first: int = 0, shards: int = 2, test: int = 1) -> str:
    """Three samples of training a shard, and one shard of tests."""
    found = {f"train-randocc-{n:06d}.tar": shard(first + 3 * n, 3) for n in range(shards)}
    if test:
        found["test-heldout-000000.tar"] = shard(100, test, "test")
    return write_version(str(folder / name), found)


def feed_of(
    *sources: str | FeedSource,
    size: int = 16,
    held_out: float = 0.0,
    target: LearntTarget = "mask",
    filters: FeedFilters | None = None,
) -> Feed:
    given = tuple(one if isinstance(one, FeedSource) else FeedSource(url=one) for one in sources)
    return open_feed(given, size=size, target=target, held_out=held_out, filters=filters)


def plain_face(number: int, *, side: int = 64, split: str = "train") -> Members:
    """A face with nothing on it, with a parsing map: skin on the face, cloth below."""
    members = occluded_face(number, side=side, split=split)
    mask = members["clean_mask.png"]
    parsing = cv2.imdecode(np.frombuffer(mask, np.uint8), cv2.IMREAD_GRAYSCALE).astype(np.uint8)
    parsing[-side // 4 :] = 18
    facts = {"kind": "none", "face": {"id": f"{number:05d}", "split": split}}
    return {
        "jpg": members["clean.jpg"],
        "mask.png": mask,
        "parsing.png": encode_png(parsing),
        "json": json.dumps(facts).encode(),
    }


def plain_version(
    folder: Path, name: str = "plain", *, count: int = 6, side: int = 64, occluded: int = 0
) -> str:
    """Faces of training without an occluder, ``occluded`` with one, and one face of tests."""

    def shard_of(*members: Members) -> list[tuple[str, Members]]:
        return [(f"{number:08d}", one) for number, one in enumerate(members)]

    shards = {"train-wo-000000.tar": ("train", shard_of(*(plain_face(n, side=side) for n in range(count))))}
    if occluded:
        faces = (occluded_face(50 + n, side=side) for n in range(occluded))
        shards["train-randocc-000000.tar"] = ("train", shard_of(*faces))
    shards["test-heldout-000000.tar"] = ("test", shard_of(plain_face(100, side=side, split="test")))
    return write_version(str(folder / name), {name: one for name, one in shards.items() if one[1]})


def occluder_bank(
    folder: Path,
    pools: Collection[str] = ("hand", "object", "texture"),
    *,
    split: str = "train",
    **fields: str,
) -> str:
    """A bank of one occluder a pool in ``split``, and of a cup in the split ``test``."""
    writer = BankWriter(str(folder))
    for pool in ("object", "hand", "texture"):
        if pool in pools:
            _add(writer, pool, f"{pool}-0", split, fields)
    _add(writer, "object", "tested", "test", {"licence": "never learnt from"})
    writer.close(upscaler="lanczos")
    return str(folder)


def _add(writer: BankWriter, pool: str, name: str, split: str, fields: dict[str, str]) -> None:
    writer.add(blank_entry(pool, name, **{"split": split} | fields), dict(_members(pool)))


@cache
def _members(pool: str) -> Members:
    pixels: dict[str, tuple[Image, Image | None]] = {
        "object": inputs.cup(),
        "hand": inputs.hand(),
        "texture": (inputs.textures()[0][1], None),
    }
    rgb, matte = pixels[pool]
    members = {"jpg": encode_jpeg(limit_long_side(rgb, 100))}
    if matte is not None:
        members["alpha.png"] = encode_png(limit_long_side(matte, 100))
    return members
