from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assets.face_metadata.partition import GROUPS, TABLE_2
from tasks.partition.near_duplicates import NearDuplicate
from tasks.partition.report import PROPOSED, REPORT, PartitionReport, Proposal, write_partition


def report(**files: tuple[str, ...]) -> PartitionReport:
    empty: dict[str, tuple[str, ...]] = {part.name: () for part in GROUPS}
    return PartitionReport(
        files=empty | {name.replace("_", "-"): names for name, names in files.items()},
        unknown=("9.jpg",),
        by_score=2,
        proposed=(Proposal(file="3, of two.jpg", score=0.75, because="a patch"),),
        persons=("p",),
        remark="1 of 5 identities",
        leaks=(),
    )


def lists(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.txt")}


def test_the_paper_s_lists_are_written_even_if_empty_and_others_only_if_not(tmp_path: Path) -> None:
    write_partition(report(WO_train=("1.jpg", "2.jpg"), excluded=()), str(tmp_path))
    written = {part.file: part.name for part in GROUPS if part.file in lists(tmp_path)}
    assert set(written.values()) == {part.name for part in GROUPS if part.name in TABLE_2}
    assert sorted(lists(tmp_path).values()) == ["# no faces\n"] * 3 + ["1.jpg\n2.jpg\n"]


def test_counts_stand_beside_table_2(tmp_path: Path) -> None:
    write_partition(report(O=("3.jpg",)), str(tmp_path))
    summary = json.loads((tmp_path / REPORT).read_text())
    assert summary["counts"]["O"] == {"faces": 1, "table_2": TABLE_2["O"]}
    assert (summary["by_suspicion"], summary["proposed_O"], summary["unknown"]) == (2, 1, ["9.jpg"])
    assert (tmp_path / PROPOSED).read_text() == 'file,score,because\n"3, of two.jpg",0.75,a patch\n'


def test_near_duplicates_are_listed_if_they_were_looked_for(tmp_path: Path) -> None:
    pair = NearDuplicate(kind="face", test="1", train="2", likeness=0.97, mirrored=True)
    for name, found in (("none", None), ("some", (pair,))):
        write_partition(replace(report(), near_duplicates=found), str(tmp_path / name))
    assert "near_duplicates" not in json.loads((tmp_path / "none" / REPORT).read_text())
    assert json.loads((tmp_path / "some" / REPORT).read_text())["near_duplicates"] == [
        {"kind": "face", "test": "1", "train": "2", "likeness": 0.97, "mirrored": True}
    ]


def test_equal_lists_are_left_and_others_are_not_overwritten(tmp_path: Path) -> None:
    write_partition(report(O=("3.jpg",)), str(tmp_path))
    write_partition(report(O=("3.jpg",)), str(tmp_path))
    before = lists(tmp_path)
    with pytest.raises(ValueError, match="expected no such list or just this one, got another; give another"):
        write_partition(report(O=("4.jpg",)), str(tmp_path))
    assert lists(tmp_path) == before
