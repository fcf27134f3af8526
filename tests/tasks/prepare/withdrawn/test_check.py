from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets.problems import Problem
from shards.storage import sha256_bytes
from tasks.prepare.records import read_record
from tasks.prepare.shards import ShardResult, shards_of
from tasks.prepare.withdrawn.check import Withdrawn, entry_subjects
from tests.bank_entries import entry
from tests.tasks.prepare.text_source import text_source, work_in, write_texts


def run(folder: Path, *subjects: tuple[str, str]) -> tuple[list[ShardResult], list[str]]:
    problems: list[Problem] = []
    work = replace(work_in(folder), withdrawn=Withdrawn(subjects))
    return list(shards_of(text_source(folder / "raw"), work, pytest.fail, problems.append)), list(
        map(str, problems)
    )


def ids(shards: list[ShardResult]) -> set[str]:
    return {found.id for shard in shards for found in shard.record.entries}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_texts(tmp_path / "raw", a="one", b="two", c="three", d="four")
    run(tmp_path)
    return tmp_path


@pytest.mark.parametrize("subject", [("file", "c.txt"), ("photograph", sha256_bytes(b"three"))])
def test_an_input_that_is_named_gives_no_entry_and_its_shard_alone_is_made_again(
    folder: Path, subject: tuple[str, str]
) -> None:
    (place,) = (shard.name for shard in run(folder)[0] if "c" in ids([shard]))
    shards, problems = run(folder, subject, ("person", "nobody"))
    assert ids(shards) == {"a", "b", "d"} and len(shards) > 1
    assert [shard.name for shard in shards if not shard.kept] == [place]
    assert problems == [
        f"c.txt: expected an input that is not withdrawn, got one that withdrawn.csv names ({subject[0]})"
    ]
    record = read_record(str(folder / "bank"), place)
    assert record is not None and record.withdrawn == (subject,)
    assert [(one.id, one.source) for one in record.former] == [("c", "")]
    again, same = run(folder, ("person", "nobody"), subject)
    assert all(shard.kept for shard in again) and same == problems
    lifted, _ = run(folder)
    assert ids(lifted) == {"a", "b", "c", "d"}
    assert [shard.name for shard in lifted if not shard.kept] == [place]


def test_the_same_content_under_another_name_stays_out(folder: Path) -> None:
    subject = ("photograph", sha256_bytes(b"three"))
    run(folder, subject)
    (folder / "raw/c.txt").rename(folder / "raw/e.txt")
    assert ids(run(folder, subject)[0]) == {"a", "b", "d"}


def test_an_entry_is_withdrawn_by_its_photograph_path_and_person_and_an_object_by_its_id() -> None:
    face = entry("0", person="Ada", photo="p", source="s")
    assert set(entry_subjects(face)) == {("photograph", "p"), ("file", "s"), ("person", "Ada")}
    assert ("object", "7") in set(entry_subjects(entry("7", "object")))
