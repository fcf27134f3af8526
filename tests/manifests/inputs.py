"""A version's record, a row and the json of a sample, filled in."""

from __future__ import annotations

from typing import Any

from manifests.dataset import Dataset, ShardRecord
from manifests.rows import Row
from manifests.sample import SAMPLE_SCHEMA

ENTRY = {
    "id": "0",
    "dataset": "d",
    "source": "a.jpg",
    "photo": "p",
    "sha256": "s",
    "split": "train",
    "licence": "",
}


def shard(number: int = 0) -> ShardRecord:
    return ShardRecord(
        file=f"train-hand-{number:06d}.tar",
        set="hand",
        split="train",
        cache_key="ab" * 32,
        samples=3,
        counts={"kept": 3, "rejected": 1, "failed": 0},
        bytes=10240,
        sha256="cd" * 32,
    )


def dataset() -> Dataset:
    return Dataset(
        name="small",
        version="0123abcd",
        recipe={"profile": "best", "seed": 2, "description": "A few <hands> & cups.", "clean": True},
        overrides={"seed": 2},
        bank={"content_sha256": "ef" * 32},
        code_version="12" * 32,
        libraries={"numpy": "2.4.6"},
        backends={"upscaler": "lanczos", "harmoniser": None},
        counts={"kept": 6, "rejected": 2, "failed": 0},
        counts_by_set={"hand": {"kept": 6, "rejected": 2, "failed": 0}},
        left_out={"objects": "expected occluders in its split, got none"},
        shards=(shard(0), shard(1)),
        files={"README.md": "34" * 32},
        licences=("CC0-1.0", "public domain"),
    )


def row(number: int = 0, **fields: object) -> Row:
    values: dict[str, object] = {
        "key": f"hand-00000-{number:03d}",
        "set": "hand",
        "cache_key": "c" * 64,
        "kind": "hand",
        "split": "train",
        "shard": "train-hand-000000.tar",
        "verdict": "kept",
        "reason": "",
        "face_id": "00000",
        "repeat": number,
        "face_photo": "aa",
        "face_sha256": "bb",
        "face_licence": "public domain",
        "person": None,
        "occluder_id": "hand-0",
        "occluder_category": "dorsal right",
        "occluder_photo": "cc",
        "occluder_sha256": "dd",
        "occluder_licence": "CC0-1.0",
        "seed": 2**32 - 1,
        "stream": "hand",
        "profile": "best",
        "opacity": 1.0,
        "hidden_ratio": 0.123456,
        "reach_px": 7,
        "placement_tries": 2,
        "params": '{"kind": "hand"}',
        "backends": "{}",
    }
    return Row(**(values | fields))  # type: ignore[arg-type]


def sample_fields(**changes: object) -> dict[str, Any]:
    """The json of a sample as it is written."""
    return {
        "schema": SAMPLE_SCHEMA,
        "key": "hand-0-000",
        "cache_key": "c" * 64,
        "kind": "hand",
        "set": "hand",
        "seed": 2,
        "stream": "hand",
        "profile": "best",
        "opacity": 1.0,
        "hidden_ratio": 0.25,
        "reach_px": 3,
        "size": [128, 96],
        "face": ENTRY | {"person": "", "repeat": 0},
        "occluder": ENTRY | {"category": "dorsal"},
        "params": '{"kind": "hand", "shape": null}',
        "measured": "{}",
        "backends": {"upscaler": "", "colour_transfer": "table", "harmoniser": ""},
        "network": "",
        "licences": [""],
    } | changes
