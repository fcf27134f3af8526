from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import Field

from tasks.inputs import (
    LocalPath,
    blocked_folder,
    choice_problem,
    missing_bank,
    missing_file,
    missing_folder,
    missing_version,
    missing_version_or_bank,
    occupied_folder,
)
from tasks.option_problems import OptionsError
from tasks.options import Options


@pytest.fixture()
def place(tmp_path: Path) -> Path:
    """A folder with a file ``note`` in it."""
    (tmp_path / "note").touch()
    return tmp_path


def test_a_missing_input_is_described_and_an_existing_one_is_no_problem(place: Path) -> None:
    assert missing_folder(place, "things") is None and missing_file(place / "note", "a note") is None
    assert missing_folder(place / "no", "things") == f"expected a folder of things, got none at {place}/no"
    assert (
        missing_folder(place / "note", "things") == f"expected a folder of things, got a file at {place}/note"
    )
    assert missing_file(place / "no", "a note") == f"expected a note, got no file at {place}/no"
    assert missing_file(place, "a note") == f"expected a note, got a folder at {place}"


def test_a_bank_or_a_version_is_known_by_its_index(place: Path) -> None:
    for name, look in (
        ("bank.json", missing_bank),
        ("dataset.json", missing_version),
        ("latest.json", missing_version),
    ):
        folder = place / name.partition(".")[0]
        folder.mkdir()
        assert f" at {folder}; " in str(look(str(folder)))
        assert missing_version_or_bank(str(folder)) is not None
        (folder / name).touch()
        assert look(str(folder)) is None and missing_version_or_bank(str(folder)) is None


def test_of_a_folder_of_datasets_those_are_named(place: Path) -> None:
    for name in "cba":
        (place / name).mkdir()
        (place / name / "latest.json").touch()
    advice = f"; give one of those in it: {place}/a, {place}/b, {place}/c"
    assert str(missing_version(str(place))).endswith(advice)
    assert str(missing_version_or_bank(str(place))).endswith(advice)
    for number in range(4):
        (place / f"d{number}").mkdir()
        (place / f"d{number}/dataset.json").touch()
    assert str(missing_version(str(place))).endswith(f"{place}/d1 and 2 more")


@pytest.mark.parametrize("name", ["bank.json", "dataset.json", "latest.json"])
def test_an_index_that_is_no_file_is_named(name: str, place: Path) -> None:
    os.mkfifo(place / name)
    look = missing_bank if name == "bank.json" else missing_version
    expected = f"expected the file {place}/{name}, got a named pipe; remove it, and run the same `natocc "
    for problem in (look(str(place)), missing_version_or_bank(str(place))):
        assert problem is not None and problem.startswith(expected)


def test_an_unfinished_bank_is_named_as_such(place: Path) -> None:
    (place / "entries.parquet").touch()
    expected = f"expected a bank, got an unfinished one at {place}; run the same `natocc prepare` again"
    assert missing_bank(str(place)) == missing_version_or_bank(str(place)) == expected


def test_a_file_in_the_way_and_a_folder_with_files_are_named(place: Path) -> None:
    assert blocked_folder(place / "new/deep") is None and occupied_folder(place / "new") is None
    blocked = f"expected a folder or a new name, got the file {place}/note"
    assert blocked_folder(place / "note/deep") == blocked_folder(place / "note") == blocked
    assert occupied_folder(place / "note") == blocked
    assert occupied_folder(place) == f"expected a new or empty folder, got {place} with note in it"


def test_buckets_are_not_looked_up() -> None:
    url = "s3://none/at/all"
    looks = (missing_bank, missing_version, missing_version_or_bank, blocked_folder, occupied_folder)
    assert [look(url) for look in looks] == [None] * len(looks)
    assert missing_file(url, "a") is None and missing_folder(url, "a") is None


def test_choices_are_listed_and_a_single_one_stands_alone() -> None:
    assert choice_problem("a", "ab") is None
    assert choice_problem("x", "abc") == "expected a, b or c, got 'x'"
    assert choice_problem("x", ["unet"]) == "expected unet, got 'x'"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_named(place: Path) -> None:
    place.chmod(0o555)
    try:
        assert "expected a folder that can be written, got an error (Permission denied)" in str(
            blocked_folder(place / "new")
        )
    finally:
        place.chmod(0o755)


def test_a_name_that_no_disk_takes_is_named(place: Path) -> None:
    assert "got an error (File name too long)" in str(blocked_folder(place / ("x" * 300)))
    assert [path.name for path in place.iterdir()] == ["note"]


class LocalJob(Options):
    """A job on this machine."""

    raw: LocalPath = Field(description="Where from.")
    cache: LocalPath | None = Field(None, description="Where to.")


@pytest.mark.parametrize("url", ["s3://bucket/raw", "file:///data/raw"])
def test_a_url_is_no_local_path(url: str) -> None:
    with pytest.raises(OptionsError) as error:
        LocalJob(raw=url, cache=url)
    assert error.value.problems == [
        f"{name}: expected a local path, got {url!r}" for name in ("raw", "cache")
    ]
    assert str(LocalJob(raw="a:b/c").raw) == "a:b/c"
