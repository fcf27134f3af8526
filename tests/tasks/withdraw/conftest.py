"""A raw tree of three faces and two textures, its bank, and two versions of one dataset."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
import yaml

from tasks.build.options import BuildOptions
from tasks.build.version import build
from tasks.prepare.bank import prepare
from tasks.withdraw.options import WithdrawOptions
from tests.raw_trees import FACES, add_face, add_texture, portrait, write
from tests.tasks.prepare.text_source import InlinePool

RECIPE = {
    "name": "small",
    "description": "A few.",
    "size": 64,
    "repeats": 4,
    "samples_per_shard": 4,
    "sets": [{"name": "randocc", "kind": "randocc"}],
}
PEOPLE = b"file,person\nCelebA-HQ-img/ada.jpg,Ada\nCelebA-HQ-img/bob.jpg,Bob\n"


@dataclass(frozen=True)
class Place:
    """The folders of a small project."""

    root: Path
    # The names of the two versions.
    old: str = ""
    latest: str = ""

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def bank(self) -> str:
        return str(self.root / "bank")

    @property
    def dataset(self) -> Path:
        return self.root / "out/small"

    def options(self, name: str, **fields: Any) -> WithdrawOptions:
        given = {"dataset": str(self.dataset), "raw": self.raw, "bank": self.bank, "workers": 1}
        return WithdrawOptions(input=name, **(given | fields))

    def build(self, **fields: Any) -> str:
        """Build the recipe; returns the version's name."""
        options = BuildOptions(
            recipe=str(self.root / "r.yaml"), bank=self.bank, out=str(self.root / "out"), workers=1, **fields
        )
        return build(options).dataset.version

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in this process."""
    _inline(monkeypatch)


def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("tasks.prepare.bank", "tasks.build.version"):
        monkeypatch.setattr(f"{module}.WorkerPool", InlinePool)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("withdraw"))
    for number, name in enumerate(("ada", "bob", "eve")):
        picture = portrait()
        picture[:8, :8] = 60 * number
        add_face(place.raw, name, picture)
    write(place.raw / FACES / "natocc.csv", PEOPLE)
    add_texture(place.raw, "wool", "grey.jpg")
    bricks = skimage.data.brick()[:90, :120]
    add_texture(place.raw, "brick", "red.jpg", np.repeat(bricks[..., None], 3, axis=2))
    (place.root / "r.yaml").write_text(yaml.safe_dump(RECIPE))
    with pytest.MonkeyPatch.context() as patch:
        _inline(patch)
        prepare(place.raw, place.bank, workers=1)
        return Place(place.root, old=place.build(limit=6), latest=place.build())


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    """A copy, which a test may change."""
    shutil.copytree(made.root, tmp_path / "place")
    return Place(tmp_path / "place", made.old, made.latest)
