from __future__ import annotations

from pathlib import Path

import pytest

from tasks.inputs import blocked_bank, blocked_file, blocked_folder, occupied_folder
from tasks.published import published_around


@pytest.fixture(params=["version", "bank"])
def published(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / request.param
    folder.mkdir()
    (folder / {"version": "dataset.json", "bank": "bank.json"}[request.param]).touch()
    return folder


def test_a_place_in_a_version_or_a_bank_is_refused(published: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(published)
    for path in (published, published / "new", published / "new" / "below", tmp_path / "link" / "new"):
        expected = (
            f"expected a place outside of versions and banks, got {path} in the {published.name} {published}; "
            "name another"
        )
        assert published_around(path) == expected
        assert [check(str(path)) for check in (blocked_folder, occupied_folder, blocked_file)] == [
            expected
        ] * 3
    assert list(published.iterdir()) == [next(published.iterdir())]


def test_a_place_beside_or_above_one_is_free(published: Path, tmp_path: Path) -> None:
    (tmp_path / "latest.json").touch()
    for path in (tmp_path, tmp_path / "other"):
        assert published_around(path) is None and blocked_folder(path) is None
    assert blocked_file("s3://bucket/sheet.png") is None


def test_a_bank_may_be_prepared_again_but_in_no_version_and_not_below_one(published: Path) -> None:
    problem = blocked_bank(str(published))
    assert (problem is None) == (published.name == "bank")
    assert blocked_bank(str(published / "below")) is not None
