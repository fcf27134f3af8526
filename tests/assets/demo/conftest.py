"""The part of the sample that an installed package carries: it needs no network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assets.demo.catalogue import load_catalogue
from assets.demo.fetch import fetch_packages
from assets.demo.layout.task import Task
from assets.demo.layout.write import write_layout
from assets.demo.photo_cache import PhotoCache


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """One face, one object and three textures out of scikit-image."""
    whole = load_catalogue()
    packages = frozenset(package for package in whole.packages() if package.name == "scikit-image")
    chosen = whole.within(packages)
    cache = PhotoCache(tmp_path_factory.mktemp("cache"))
    said: list[str] = []
    assert fetch_packages([item.source for item in chosen.items()], cache, said.append) == {}
    assert said == [], "an installed package is not fetched"
    return Task(chosen=chosen, whole=whole, cache=cache)


@pytest.fixture(scope="session")
def tree(installed: Task, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That part laid out; only to be read."""
    dest = tmp_path_factory.mktemp("sample") / "raw"
    write_layout(dest, installed)
    return dest


@pytest.fixture
def own_tree(tree: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(tree, tmp_path / "raw"))
