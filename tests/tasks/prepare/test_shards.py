"""Shards of one source: what is made, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets.datasets.realocc import REALOCC
from assets.problems import Problem
from shards.reader import read_shard
from tasks.prepare.records import read_record
from tasks.prepare.shards import ShardResult, shards_of
from tasks.prepare.sources import InputSource
from tests.tasks.prepare.text_source import text_source, work_in, write_texts


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    write_texts(tmp_path / "raw", a="one", b="bad", c="three", d="four", e="five")
    return tmp_path / "raw"


def run(source: InputSource, folder: Path, *, reread: bool = False) -> list[ShardResult]:
    ignored = list[Problem]()
    return list(shards_of(source, work_in(folder, reread=reread), ignored.append, ignored.append))


def kept(source: InputSource, folder: Path, *, reread: bool = False) -> list[str]:
    return [shard.name for shard in run(source, folder, reread=reread) if shard.kept]


def test_inputs_are_cut_into_shards_in_the_reader_s_order(raw: Path, tmp_path: Path) -> None:
    shards = run(text_source(raw), tmp_path)
    assert [shard.name for shard in shards] == ["texture-000000", "texture-000001", "texture-000002"]
    assert [[entry.id for entry in shard.record.entries] for shard in shards] == [["a"], ["c", "d"], ["e"]]
    stored = dict(read_shard(str(tmp_path / "bank/texture-000001.tar")))
    assert stored == {"c": {"json": b"threem"}, "d": {"json": b"fourm"}}
    record = read_record(str(tmp_path / "bank"), "texture-000001")
    assert record is not None and list(record.inputs) == ["c.txt", "d.txt"]
    assert not any(shard.kept or shard.record.inputs for shard in shards), "marks are on disk alone"


def test_a_kept_shard_reports_its_problems_and_its_inputs_again(raw: Path, tmp_path: Path) -> None:
    run(text_source(raw), tmp_path)
    problems: list[Problem] = []
    calls: list[tuple[int, int | None]] = []
    work = work_in(tmp_path, on_progress=lambda *call: calls.append(call))
    shards = list(shards_of(text_source(raw), work, pytest.fail, problems.append))
    assert all(shard.kept for shard in shards)
    assert [str(problem) for problem in problems] == ["b.txt: expected good text, got bad text"]
    assert calls == [(0, None), (2, None), (4, None), (5, None)]


def test_a_changed_input_makes_its_shard_again_and_no_other(raw: Path, tmp_path: Path) -> None:
    run(text_source(raw), tmp_path)
    (raw / "d.txt").write_text("another")
    assert kept(text_source(raw), tmp_path) == ["texture-000000", "texture-000002"]
    write_texts(raw, f="six")
    assert kept(text_source(raw), tmp_path) == ["texture-000000", "texture-000001"]
    (raw / "a.txt").unlink()
    assert kept(text_source(raw), tmp_path) == [], "every later input moved"


def test_an_argument_or_the_name_makes_all_again(raw: Path, tmp_path: Path) -> None:
    run(text_source(raw), tmp_path)
    assert kept(text_source(raw, mark="n"), tmp_path) == []
    assert len(kept(text_source(raw, mark="n"), tmp_path)) == 3
    assert len(kept(text_source(raw, mark="n", chunk=1), tmp_path)) == 3, "how inputs are handed out is free"


def test_faces_for_evaluation_lie_in_one_shard(raw: Path, tmp_path: Path) -> None:
    (shard,) = run(text_source(raw, evaluation=REALOCC), tmp_path)
    assert [entry.id for entry in shard.record.entries] == ["a", "c", "d", "e"]


def test_a_shard_that_was_cut_off_has_no_record(raw: Path, tmp_path: Path) -> None:
    def stop(done: int, total: int | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    ignored = list[Problem]()
    with pytest.raises(KeyboardInterrupt):
        list(shards_of(text_source(raw), work_in(tmp_path, on_progress=stop), ignored.append, ignored.append))
    bank = str(tmp_path / "bank")
    assert read_record(bank, "texture-000000") is not None
    assert read_record(bank, "texture-000001") is None
    assert not (tmp_path / "bank/texture-000001.tar").exists()
    assert kept(text_source(raw), tmp_path) == ["texture-000000"]


def test_the_bank_is_opened_only_where_a_shard_is_made(raw: Path, tmp_path: Path) -> None:
    opened: list[None] = []
    work = replace(work_in(tmp_path), open_bank=lambda: opened.append(None))
    ignored = list[Problem]()
    list(shards_of(text_source(raw), work, ignored.append, ignored.append))
    assert len(opened) == 3
    list(shards_of(text_source(raw), work, ignored.append, ignored.append))
    assert len(opened) == 3
