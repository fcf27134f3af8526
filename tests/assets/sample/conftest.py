"""The part of the sample that an installed package carries: it needs no network."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.sample.catalogue import load_catalogue
from assets.sample.fetch import fetch
from assets.sample.layout import Task
from assets.sample.photo_cache import PhotoCache


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """One face, one object and three textures out of scikit-image."""
    whole = load_catalogue()
    packages = frozenset(package for package in whole.packages() if package.name == "scikit-image")
    chosen = whole.within(packages)
    cache = PhotoCache(tmp_path_factory.mktemp("cache"))
    said: list[str] = []
    assert fetch([item.source for item in chosen.items()], cache, said.append) == {}
    assert said == [], "an installed package is not fetched"
    return Task(chosen=chosen, whole=whole, cache=cache)


@pytest.fixture
def tree(installed: Task, tmp_path: Path) -> Path:
    """That part laid out."""
    from assets.sample.write import write_layout

    write_layout(tmp_path / "raw", installed)
    return tmp_path / "raw"
