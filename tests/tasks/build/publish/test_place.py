from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.build.publish.place import check_place
from tasks.errors import BuildStopped

FILES = ("a.tar", "dataset.json")


def test_a_version_that_is_there_or_missing_is_no_problem(tmp_path: Path) -> None:
    check_place(str(tmp_path / "tiny"), "v", FILES)
    check_place("memory://place/tiny", "v", FILES)
    (tmp_path / "tiny/v").mkdir(parents=True)
    (tmp_path / "tiny/v/a.tar").touch()
    (tmp_path / "tiny/v/other").symlink_to("nothing")
    (tmp_path / "tiny/latest.json").symlink_to("nothing")
    check_place(str(tmp_path / "tiny"), "v", FILES)
    (tmp_path / "tiny/w").symlink_to("v")
    check_place(str(tmp_path / "tiny"), "w", FILES)


def put(kind: str, path: Path) -> None:
    match kind:
        case "a file":
            path.touch()
        case "a folder":
            path.mkdir()
        case "a link to nothing":
            path.symlink_to("nothing")
        case _:
            os.mkfifo(path)


@pytest.mark.parametrize("kind", ["a file", "a link to nothing", "a named pipe"])
def test_what_is_no_folder_of_a_version_is_named(kind: str, tmp_path: Path) -> None:
    put(kind, tmp_path / "v")
    with pytest.raises(BuildStopped) as error:
        check_place(str(tmp_path), "v", FILES)
    assert str(error.value) == (
        f"{tmp_path}/v: expected the folder of the version or nothing, got {kind}; remove it, and run the same "
        "command again"
    )


@pytest.mark.parametrize("name", ["latest.json", "versions.json"])
@pytest.mark.parametrize("kind", ["a folder", "a named pipe"])
def test_what_is_no_index_of_the_dataset_is_named(kind: str, name: str, tmp_path: Path) -> None:
    put(kind, tmp_path / name)
    with pytest.raises(BuildStopped, match=rf"{name}: expected a file or nothing, got {kind}; remove it"):
        check_place(str(tmp_path), "v", FILES)


@pytest.mark.parametrize("kind", ["a folder", "a named pipe", "a link to nothing"])
def test_what_is_no_lock_of_the_indexes_is_named(kind: str, tmp_path: Path) -> None:
    put(kind, tmp_path / ".lock-latest")
    got = "a link" if kind == "a link to nothing" else kind
    with pytest.raises(
        BuildStopped, match=rf"\.lock-latest: expected the file of a lock or nothing, got {got};"
    ):
        check_place(str(tmp_path), "v", FILES)
    (tmp_path / ".lock-latest").rename(tmp_path / "other")
    (tmp_path / ".lock-latest").touch()
    check_place(str(tmp_path), "v", FILES)


@pytest.mark.parametrize("kind", ["a link to nothing", "a named pipe"])
def test_what_is_no_file_of_a_version_is_named(kind: str, tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    for name in FILES:
        put(kind, tmp_path / "v" / name)
    expected = (
        rf"v: expected the files of the version, got a\.tar \({kind}\), dataset\.json \({kind}\); remove"
    )
    with pytest.raises(BuildStopped, match=expected):
        check_place(str(tmp_path), "v", FILES)
