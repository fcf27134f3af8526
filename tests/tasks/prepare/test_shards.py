"""Shards of one source: what is made, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.datasets.realocc import REALOCC
from assets.problems import Problem
from shards.reader import read_shard
from tasks.prepare.records import read_record
from tasks.prepare.shards import ShardResult, input_groups, shards_of
from tasks.prepare.sources import InputSource
from tests.bank_entries import shard_file
from tests.tasks.prepare.text_source import InlinePool, Text, text_source, work_in, write_texts

R = TypeVar("R")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    write_texts(tmp_path / "raw", a="one", b="bad", c="three", d="four", e="five")
    return tmp_path / "raw"


def run(source: InputSource, folder: Path, *, reread: bool = False) -> list[ShardResult]:
    ignored = list[Problem]()
    return list(shards_of(source, work_in(folder, reread=reread), ignored.append, ignored.append))


def kept(source: InputSource, folder: Path, *, reread: bool = False) -> list[str]:
    return [shard.name for shard in run(source, folder, reread=reread) if shard.kept]


def test_inputs_are_divided_by_the_hashes_of_their_ids(raw: Path, tmp_path: Path) -> None:
    shards = run(text_source(raw), tmp_path)
    assert [shard.name for shard in shards] == ["texture-000000", "texture-400000", "texture-800000"]
    assert [[entry.id for entry in shard.record.entries] for shard in shards] == [["c", "d"], ["e"], ["a"]]
    file = shard_file(tmp_path / "bank", "texture-000000")
    assert shards[0].record.file == file.name == f"texture-000000-{shards[0].record.sha256[:8]}.tar"
    assert dict(read_shard(str(file))) == {"c": {"json": b"threem"}, "d": {"json": b"fourm"}}
    record = read_record(str(tmp_path / "bank"), "texture-000000")
    assert record is not None and list(record.inputs) == ["b.txt", "c.txt", "d.txt"]
    assert not any(shard.kept or shard.record.inputs for shard in shards), "marks are on disk alone"


def test_a_kept_shard_reports_its_problems_and_its_inputs_again(raw: Path, tmp_path: Path) -> None:
    run(text_source(raw), tmp_path)
    problems: list[Problem] = []
    calls: list[tuple[int, int | None]] = []
    work = work_in(tmp_path, on_progress=lambda *call: calls.append(call))
    shards = list(shards_of(text_source(raw), work, pytest.fail, problems.append))
    assert all(shard.kept for shard in shards)
    assert [str(problem) for problem in problems] == ["b.txt: expected good text, got bad text"]
    assert calls == [(0, None)] * 6 + [(3, None), (4, None), (5, None)], "inputs are read, then counted"


def test_a_changed_input_makes_its_shard_again_and_no_other(raw: Path, tmp_path: Path) -> None:
    run(text_source(raw), tmp_path)
    before = set((tmp_path / "bank").glob("*.tar"))
    (raw / "d.txt").write_text("another")
    assert kept(text_source(raw), tmp_path) == ["texture-400000", "texture-800000"]
    assert before < set((tmp_path / "bank").glob("*.tar")), "the shard of a bank that is there stays"
    write_texts(raw, f="six")
    assert kept(text_source(raw), tmp_path) == ["texture-400000", "texture-800000"], "its shard is halved"
    (raw / "f.txt").unlink()
    assert kept(text_source(raw), tmp_path) == ["texture-400000", "texture-800000"], "and joined again"


def test_what_is_changed_is_made_in_one_run_between_kept_shards(raw: Path, tmp_path: Path) -> None:
    """No worker waits for a shard to end: inputs of two shards with a kept one between share a chunk."""
    run(text_source(raw), tmp_path)
    (raw / "d.txt").write_text("another")
    (raw / "a.txt").write_text("another")
    chunks: list[int] = []

    class Counting(InlinePool):
        def submit(self, function: Callable[..., R], *args: Any, **kwargs: Any) -> Future[R]:
            chunks.append(len(args[0]))
            return super().submit(function, *args, **kwargs)

    ignored = list[Problem]()
    work = replace(work_in(tmp_path), pool=Counting(1))
    shards = list(shards_of(text_source(raw), work, ignored.append, ignored.append))
    assert [(shard.name, shard.kept) for shard in shards] == [
        ("texture-000000", False),
        ("texture-800000", False),
        ("texture-400000", True),
    ]
    assert chunks == [4]


@given(st.sets(st.integers(0, 500), min_size=30, max_size=90), st.integers(501, 600), st.integers(8, 16))
def test_an_input_more_or_less_changes_at_most_four_shards(numbers: set[int], more: int, size: int) -> None:
    source = text_source(Path("raw"), per_shard=size)

    def groups_of(numbers: set[int]) -> dict[str, set[int]]:
        ids = [str(number) for number in sorted(numbers)]
        read = replace(source, read=lambda report: [Text(id=one, image=Path("raw", one)) for one in ids])
        groups = input_groups(read, work_in(Path()), pytest.fail)
        return {group.name: {int(item.id) for item in group.items} for group in groups}

    before, after = groups_of(numbers), groups_of({*numbers, more})
    assert set.union(*before.values()) == numbers and set.union(*after.values()) == {*numbers, more}
    for name in before.keys() & after.keys():
        assert size <= 2 * len(before[name]) <= 3 * size
    for one, other in ((before, after), (after, before)):
        assert sum(other.get(name) != items for name, items in one.items()) <= 4


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
        if done == 4:
            raise KeyboardInterrupt

    ignored = list[Problem]()
    with pytest.raises(KeyboardInterrupt):
        list(shards_of(text_source(raw), work_in(tmp_path, on_progress=stop), ignored.append, ignored.append))
    bank = str(tmp_path / "bank")
    assert read_record(bank, "texture-000000") is not None
    assert read_record(bank, "texture-400000") is None
    assert list((tmp_path / "bank").glob("*.tar")) == [shard_file(bank, "texture-000000")]
    assert kept(text_source(raw), tmp_path) == ["texture-000000"]


def test_the_bank_is_opened_only_where_a_shard_is_made(raw: Path, tmp_path: Path) -> None:
    opened: list[None] = []
    work = replace(work_in(tmp_path), open_bank=lambda: opened.append(None))
    ignored = list[Problem]()
    list(shards_of(text_source(raw), work, ignored.append, ignored.append))
    assert len(opened) == 3
    list(shards_of(text_source(raw), work, ignored.append, ignored.append))
    assert len(opened) == 3
