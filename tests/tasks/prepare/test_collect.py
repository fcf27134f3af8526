from __future__ import annotations

from pathlib import Path

from assets.datasets.coco.selection import ObjectSelection
from assets.datasets.realocc import REALOCC
from assets.problems import Problem
from tasks.prepare.cofw import CofwTable
from tasks.prepare.collect import BankContents, ProblemLog, collect_source
from tasks.prepare.upscaling.choose import choose_upscaler
from tests.bank_entries import shard_file
from tests.tasks.prepare.text_source import text_source, work_in, write_texts


def test_the_reader_s_problems_come_first_whenever_they_were_found(tmp_path: Path) -> None:
    write_texts(tmp_path / "raw", a="bad", b="two", c="three", d="")
    reported: list[Problem] = []
    result = collect_source(text_source(tmp_path / "raw", chunk=1), work_in(tmp_path), reported.append)
    assert [problem.path for problem in result.problems] == ["d.txt", "a.txt"]
    assert sorted(reported, key=str) == sorted(result.problems, key=str)
    assert (result.made, result.kept, result.counted) == (1, 0, {"texts": 2})
    assert [entry.id for entry in result.entries] == ["b", "c"]


def test_a_second_run_finds_the_same_result_in_kept_shards(tmp_path: Path) -> None:
    write_texts(tmp_path / "raw", a="bad", b="two", c="bad", d="four")
    first, again = (
        collect_source(text_source(tmp_path / "raw"), work_in(tmp_path), lambda problem: None)
        for _ in range(2)
    )
    assert (first.made, first.kept, again.made, again.kept) == (2, 0, 0, 2)
    assert (first.entries, first.files, first.problems) == (again.entries, again.files, again.problems)
    assert first.records == ("texture-000000", "texture-800000")
    names = [shard_file(tmp_path / "bank", "texture-000000").name]
    assert list(first.files) == names, "a shard without an entry has no file"
    assert [entry.id for entry in first.entries] == ["b", "d"], "by id"
    assert [problem.path for problem in first.problems] == ["a.txt", "c.txt"], "by path"
    assert first.counted == again.counted == {"texts": 2}


def test_a_name_that_is_not_utf_8_can_be_written() -> None:
    reported: list[Problem] = []
    log = ProblemLog(reported.append)
    log.add(Problem(path="\udcff.jpg", expected="a name in UTF-8", got="other bytes"))
    assert log.problems == reported and log.problems[0].path == "\\udcff.jpg"


def test_faces_for_evaluation_are_kept_apart(tmp_path: Path) -> None:
    write_texts(tmp_path / "raw", a="one", b="two")
    results = tuple(
        collect_source(text_source(tmp_path / "raw", **fields), work_in(tmp_path), lambda problem: None)
        for fields in ({}, {"evaluation": REALOCC})
    )
    contents = BankContents(
        upscaling=choose_upscaler("lanczos"),
        selection=ObjectSelection(objects=[]),
        sources=results,
        cofw=CofwTable(faces={"test": 1}, data=b"rows"),
        problems=(),
    )
    assert contents.entries == list(results[0].entries) and contents.evaluated == list(results[1].entries)
    assert list(contents.files) == [shard_file(tmp_path / "bank", "texture-000000").name]
    assert contents.beside == {"cofw.parquet": b"rows"}
    assert contents.records == {"texture-000000", "cofw_table"}
    assert contents.counted == {"texts": 4}
