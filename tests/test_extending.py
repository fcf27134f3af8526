"""docs/extending.md as it is written: its blocks make a copy of the project build with a new kind and networks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from manifests.dataset import read_dataset, resolve_version
from manifests.sample import read_metadata
from manifests.syntax_tree import PACKAGES, ROOT
from models.checkpoints.read import read_content
from natocc.codecs import decode_plane, decode_rgb
from natocc.labels import visible_mask
from shards.reader import read_shard
from tests.raw_trees import add_face, coffee, disc, portrait

PAGE = ROOT / "docs" / "extending.md"
# What may be added for one thing, its tests and the drawn tree aside.
MOST_FILES = 5
_BLOCK = re.compile(r"^```(\w+)[ ]?(\S*)\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    language: str
    path: str  # empty for what is run
    text: str


def blocks(text: str) -> list[Block]:
    return [Block(language=found[1], path=found[2], text=found[3]) for found in _BLOCK.finditer(text)]


def sections() -> list[str]:
    return PAGE.read_text(encoding="utf-8").split("\n## ")[1:]


def apply(block: Block, project: Path) -> None:
    """Write a new file, or change one where the block's lines are found, once."""
    path = project / block.path
    if block.language != "diff":
        assert not path.exists(), f"{block.path}: expected a new file"
        path.parent.mkdir(exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        return
    for hunk in block.text.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines if line[0] != "-")
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{block.path}: expected these lines once:\n{before}"
        path.write_text(text.replace(before, after), encoding="utf-8")


def run(block: Block, project: Path, places: Mapping[str, Path]) -> None:
    """A block of Python, or each command of a block of shell; names in capitals are ``places``."""
    text = block.text
    for name, place in places.items():
        text = re.sub(rf"\b{name}\b", str(place), text)
    if block.language == "python":
        calls = [[sys.executable, "-c", text]]
    else:
        calls = [
            [sys.executable, "-m", *line.split()] for line in text.splitlines() if line.startswith("natocc ")
        ]
    for call in calls:
        done = subprocess.run(
            call,
            cwd=project,
            env=os.environ | {"PYTHONPATH": str(project)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout


def lay_out(raw: Path) -> None:
    """Two faces and two stickers, of skin-coloured and other pixels."""
    add_face(raw, "0")
    add_face(raw, "1", portrait()[:, ::-1].copy())
    (raw / "stickers").mkdir()
    for name, share in (("round", 0.9), ("small", 0.7)):
        matte = disc(200, 300, share)
        rgba = np.dstack([cv2.cvtColor(coffee(), cv2.COLOR_RGB2BGR), matte])
        (raw / "stickers" / f"{name}.png").write_bytes(cv2.imencode(".png", rgba)[1].tobytes())


def samples(dataset: Path) -> dict[str, dict[str, bytes]]:
    version = resolve_version(str(dataset))
    shards = read_dataset(version).shards
    return {key: members for shard in shards for key, members in read_shard(f"{version}/{shard.file}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """Samples before and after the harmoniser was added, and the segmenter's checkpoint."""

    plain: dict[str, dict[str, bytes]]
    harmonised: dict[str, dict[str, bytes]]
    checkpoint: Path


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extended]:
    folder = tmp_path_factory.mktemp("extended")
    project = folder / "project"
    for package in (*PACKAGES, "commands", "flows"):
        shutil.copytree(ROOT / package, project / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", project)
    places = {name: folder / name.lower() for name in ("RAW", "BANK", "OUT", "WEIGHTS", "RUN")}
    places["WEIGHTS"].mkdir()
    lay_out(places["RAW"])
    made = []
    for section in sections():
        for block in blocks(section):
            if block.path:
                apply(block, project)
            else:
                run(block, project, places)
        made.append(samples(places["OUT"] / "stickers"))
    yield Extended(plain=made[0], harmonised=made[1], checkpoint=places["RUN"] / "segmenter.pt")
    shutil.rmtree(folder)


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.partition("\n")[0])
def test_a_walk_takes_few_files(section: str) -> None:
    paths = {block.path for block in blocks(section) if block.path}
    assert 1 <= len(paths) <= MOST_FILES


def test_the_new_kind_is_built_with_exact_labels(extended: Extended) -> None:
    assert len(extended.plain) >= 4
    for members in extended.plain.values():
        metadata: dict[str, Any] = read_metadata(members["json"], "json")
        assert metadata["kind"] == metadata["params"]["kind"] == metadata["set"] == "sticker"
        assert (metadata["occluder"]["dataset"], metadata["occluder"]["category"]) == ("Stickers", "sticker")
        assert metadata["backends"]["harmoniser"] is None
        names = ("mask.png", "clean_mask.png", "alpha.png")
        mask, whole, alpha = (decode_plane(members[name]) for name in names)
        assert (mask == visible_mask(whole, alpha, metadata["opacity"])).all() and (mask != whole).any()


def test_the_new_harmoniser_changes_pixels_and_no_label(extended: Extended) -> None:
    assert extended.harmonised.keys() == extended.plain.keys()
    for key, members in extended.harmonised.items():
        metadata, before = read_metadata(members["json"], key), extended.plain[key]
        assert metadata["backends"]["harmoniser"] == metadata["network"]["name"] == "mine"
        assert metadata["network"]["licence"] == "CC0"
        for name in ("mask.png", "alpha.png", "clean.jpg", "clean_mask.png"):
            assert members[name] == before[name]
        inside = decode_plane(members["alpha.png"]) > 250
        moved = decode_rgb(members["jpg"]).astype(int) - decode_rgb(before["jpg"])
        assert np.abs(moved[inside].mean(0)).max() > 1, "the colours of the occluder move"


def test_the_new_segmenter_is_trained_and_written(extended: Extended) -> None:
    content = read_content(extended.checkpoint.read_bytes())
    assert isinstance(content, dict) and content["variant"] == "strided"
