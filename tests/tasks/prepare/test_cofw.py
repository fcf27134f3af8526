from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("h5py")

from assets.problems import Problem
from shards.table import read_table
from tasks.prepare.cofw import COFW_TABLE, prepare_cofw
from tests.cofw_files import add_cofw, pictures
from tests.tasks.prepare.text_source import work_in


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[Path]:
    add_cofw(tmp_path / "raw/COFW", "train", pictures(3))
    add_cofw(tmp_path / "raw/COFW", "test", [*pictures(1), None])
    yield tmp_path / "raw"


def refused(problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in problems if problem.action == "refused"]


def test_the_table_has_a_row_for_each_face_that_can_be_read(raw: Path, tmp_path: Path) -> None:
    problems: list[Problem] = []
    table = prepare_cofw(work_in(tmp_path), problems.append)
    assert table is not None and table.faces["train"] == 3 and table.faces["test"] == 1
    assert refused(problems) == ["COFW/COFW_test_color.mat image 1: expected an image, got an empty cell"]
    rows = read_table(table.data).to_pylist()
    assert [row["split"] for row in rows].count("test") == 1 and len({row["id"] for row in rows}) == 4
    first = rows[0]
    assert len(first["x"]) == len(first["y"]) == len(first["occluded"]) == 29 and len(first["box"]) == 4


def test_it_is_kept_while_its_files_are_unchanged(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: list[Problem] = []
    again: list[Problem] = []
    made = prepare_cofw(work_in(tmp_path), first.append)
    assert made is not None and not (tmp_path / "bank" / COFW_TABLE).exists(), (
        "a bank that is there has its own"
    )
    (tmp_path / "bank" / COFW_TABLE).write_bytes(made.data)
    with monkeypatch.context() as patched:
        patched.setattr("tasks.prepare.cofw.read_cofw", pytest.fail)
        assert prepare_cofw(work_in(tmp_path), again.append) == made and first == again
    add_cofw(raw / "COFW", "train", pictures(2))
    changed = prepare_cofw(work_in(tmp_path), lambda problem: None)
    assert changed is not None and changed.faces["train"] == 2
    assert changed.data != made.data


def test_without_a_readable_face_there_is_no_table(raw: Path, tmp_path: Path) -> None:
    prepare_cofw(work_in(tmp_path), lambda problem: None)
    for part in ("train", "test"):
        add_cofw(raw / "COFW", part, [None])
    table = prepare_cofw(work_in(tmp_path), lambda problem: None)
    assert table is not None and (table.faces, table.data) == ({}, b"")


def test_without_files_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    assert prepare_cofw(work_in(tmp_path), pytest.fail) is None
