from __future__ import annotations

from pathlib import Path

from assets.bank.writer import FORMER_INDEX
from natocc.occluders.bank_files import BANK_INDEX
from shards.lock import lock
from shards.measure import storage_time
from tasks.garbage.bank import find_in_bank
from tasks.garbage.leftover import FolderView, Leftover
from tasks.prepare.records import Record, write_record
from tests.bank_entries import write
from tests.tasks.garbage.datasets import make_old


def find(url: str, *, everything: bool = False) -> tuple[dict[str, Leftover], int]:
    found, others = find_in_bank(FolderView(url=url, now=storage_time(url), everything=everything))
    return {leftover.name: leftover for leftover in found}, others


def record(file: str, size: int = 1) -> Record:
    return Record(key="k", inputs={}, entries=(), problems=(), file=file, size=size, sha256="")


def make_bank(folder: Path) -> str:
    url = str(folder)
    write(folder, ["a", "b"])
    write_record(url, "listed", record("face-000000.tar"))
    write_record(url, "unlisted", record("hand-000007.tar"))
    write_record(url, "empty", record("hand-000009.tar", size=0))
    write_record(url, "missing", record("hand-000008.tar"))
    for name in ("hand-000007.tar", "mine.tar", FORMER_INDEX, ".partial-0", "records/.partial-1", ".lock"):
        (folder / name).write_bytes(b"1")
    return url


def test_what_the_index_does_not_list_is_left_over(tmp_path: Path) -> None:
    url = make_bank(tmp_path)
    found, others = find(url)
    shard = found.pop("hand-000007.tar")
    assert shard.what == "a shard that the bank does not list" and shard.kept.startswith("kept for 7 days")
    assert {name: one.what for name, one in found.items()} == {
        ".lock": "the lock of a dead run",
        ".partial-0": "a temporary file",
        FORMER_INDEX: "the index of an earlier bank",
        "records/.partial-1": "a temporary file",
        "records/missing.json": "the record of a missing shard",
    }
    assert others == 1 and not any(one.kept for one in found.values())
    make_old(tmp_path, 8)
    assert not find(url)[0]["hand-000007.tar"].kept


def test_nothing_goes_from_a_bank_that_is_written_or_unfinished(tmp_path: Path) -> None:
    url = make_bank(tmp_path)
    with lock(url):
        assert all(one.kept.startswith("in use by `") for one in find(url, everything=True)[0].values())
    (tmp_path / ".partial-0").touch()
    (tmp_path / BANK_INDEX).unlink()
    assert set(find(url, everything=True)[0]) == {".partial-0"}
