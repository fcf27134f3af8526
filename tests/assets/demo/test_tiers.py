from __future__ import annotations

import pytest

from assets.demo.catalogue import load_catalogue
from assets.demo.tiers import best_tier, packages_of
from tasks.demo_photos import count_demo_pictures


def counts(tier: str) -> dict[str, int]:
    catalogue = load_catalogue()
    return count_demo_pictures(catalogue.within(frozenset(packages_of(tier, catalogue))))


def test_tiers_hold_what_the_documentation_says() -> None:
    assert counts("pypi") == {"faces": 9, "occluded_faces": 1, "hands": 1, "objects": 4, "textures": 3}
    assert counts("small") == {"faces": 24, "occluded_faces": 3, "hands": 6, "objects": 47, "textures": 16}
    assert counts("full") == {"faces": 40, "occluded_faces": 9, "hands": 13, "objects": 93, "textures": 66}


def test_small_asks_neither_apt_nor_pypi_asks_npm() -> None:
    catalogue = load_catalogue()
    assert {p.ecosystem for p in packages_of("small", catalogue)} == {"npm", "pypi-sdist", "pypi-wheel"}
    assert {p.ecosystem for p in packages_of("pypi", catalogue)} == {"pypi-sdist", "pypi-wheel"}


def test_an_unknown_tier_names_the_known() -> None:
    with pytest.raises(ValueError, match="expected one of pypi, small, full, got 'big'"):
        packages_of("big", load_catalogue())


def test_without_npm_the_best_tier_is_pypi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert best_tier() == "pypi"
