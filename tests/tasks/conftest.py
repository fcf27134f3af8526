"""A small recipe over the session's bank: 256 pixels, eight samples a set, four a shard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tasks.build.options import BuildOptions
from tasks.build.version import BuildReport, build

SETS = [
    {"name": "randocc", "kind": "randocc"},
    {"name": "object", "kind": "object"},
    {"name": "hand_sot", "kind": "hand", "stream": "hand", "colour_transfer": 1.0},
]


@pytest.fixture(scope="session")
def recipe_text() -> Callable[..., str]:
    """A recipe as YAML; keyword arguments replace its fields."""

    def text(**fields: object) -> str:
        recipe = {
            "name": "small",
            "description": "A few small samples.",
            "size": 256,
            "repeats": 8,
            "samples_per_shard": 4,
            "harmoniser": "statistics",
            "sets": SETS,
        } | fields
        return yaml.safe_dump(recipe)

    return text


@pytest.fixture()
def recipe_file(tmp_path: Path, recipe_text: Callable[..., str]) -> Callable[..., str]:
    """Write a recipe; keyword arguments replace its fields."""

    def write(**fields: object) -> str:
        path = tmp_path / f"{fields.get('name', 'small')}.yaml"
        path.write_text(recipe_text(**fields))
        return str(path)

    return write


@pytest.fixture(scope="session")
def built(
    bank_url: str, tmp_path_factory: pytest.TempPathFactory, recipe_text: Callable[..., str]
) -> BuildReport:
    """A published version, built once; tests that change it work on a copy."""
    folder = tmp_path_factory.mktemp("built")
    path = folder / "small.yaml"
    path.write_text(recipe_text(description="A few.", parsing=False))
    return build(BuildOptions(recipe=str(path), bank=bank_url, out=str(folder / "out"), workers=1))
