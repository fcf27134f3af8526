from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from manifests import dataset as datasets
from manifests.dataset import DATASET_INDEX, LATEST, MANIFEST, POINTER_LOCK, latest_version, point_latest
from manifests.history import HISTORY, HistoryEntry, read_history, stand_in
from manifests.withdrawn import ReplacedVersion, add_to_withdrawal_record
from natocc.document import BadDocument, DocumentFormat, encode_document
from shards.lock import InUse, lock
from shards.storage import write_bytes
from tasks.history.record import record_version, restored_history, standing_version
from tests.manifests.inputs import row
from tests.s3_server import S3Server
from tests.tasks.history.versions import put


def numbers(root: str) -> list[tuple[str, str, str | None]]:
    return [(entry.number, entry.version, entry.after) for entry in read_history(root)]


SINCE = "2026-01-01T00:00:00+00:00"
ROWS = [row(0), row(1)]
EDITED = [row(0), row(1, cache_key="e" * 64)]


@pytest.fixture()
def root(tmp_path: Path) -> str:
    """A dataset with the versions a, b (a sample more), c (one edited)."""
    root = str(tmp_path / "small")
    for version, rows in (("aaaa", ROWS), ("bbbb", [*ROWS, row(2)]), ("cccc", [*EDITED, row(2)])):
        record_version(root, put(root, version, rows))
    return root


def test_numbers_follow_from_the_samples(root: str) -> None:
    assert numbers(root) == [("1.0.0", "aaaa", None), ("1.1.0", "bbbb", "aaaa"), ("2.0.0", "cccc", "bbbb")]
    assert latest_version(root) == "cccc"
    assert read_history(root)[2] == HistoryEntry(
        number="2.0.0", version="cccc", after="bbbb", change="edits", added=0, edited=1, removed=0, moved=0
    )
    shards = [replace(one, shard="train-hand-000007.tar") for one in (*EDITED, row(2))]
    assert record_version(root, put(root, "dddd", shards)).entry.number == "2.0.1"
    moved = [replace(one, split="test") for one in shards]
    assert record_version(root, put(root, "eeee", moved)).entry.moved == 3
    assert numbers(root)[-1][0] == "3.0.0"


def test_a_version_that_is_built_again_moves_the_pointer_alone(root: str) -> None:
    before = Path(root, HISTORY).read_bytes()
    record_version(root, "aaaa")
    assert latest_version(root) == "aaaa" and Path(root, HISTORY).read_bytes() == before


def test_after_an_older_version_the_number_is_a_free_one(root: str) -> None:
    record_version(root, "aaaa")
    assert record_version(root, put(root, "dddd", ROWS[::-1])).entry.number == "1.0.1"
    # 1.1.0 is taken, so the highest number counts.
    record_version(root, "aaaa")
    entry = record_version(root, put(root, "eeee", [*ROWS, row(3)])).entry
    assert (entry.number, entry.after, entry.edited, entry.removed) == ("3.0.0", "cccc", 1, 1)


def test_a_replacement_is_numbered_after_what_it_replaces_and_stands_in_for_it(root: str) -> None:
    entry = record_version(root, put(root, "dddd", ROWS[::-1], instead_of="aaaa"), latest=False).entry
    assert (entry.number, entry.after, entry.instead_of) == ("1.0.1", "aaaa", "aaaa")
    assert latest_version(root) == "cccc"
    assert [standing_version(root, name) for name in ("aaaa", "bbbb")] == ["dddd", "bbbb"]
    Path(root, "dddd", DATASET_INDEX).unlink()
    assert standing_version(root, "aaaa") == "aaaa", "nothing stands in that is not there"


def test_a_dataset_without_a_history_begins_one_with_its_latest_version(tmp_path: Path) -> None:
    root = str(tmp_path / "small")
    for version, rows in (("older", [row(9)]), ("aaaa", ROWS)):
        point_latest(root, put(root, version, rows))
    record_version(root, put(root, "bbbb", [*ROWS, row(2)]))
    assert numbers(root) == [("1.0.0", "aaaa", None), ("1.1.0", "bbbb", "aaaa")]


def test_a_version_that_a_killed_run_left_out_of_the_history_is_added(root: str) -> None:
    put(root, "dddd", [*EDITED, row(2), row(3)])
    for _ in range(2):
        assert record_version(root, "dddd").entry.number == "2.1.0"
    assert len(numbers(root)) == 4


def test_a_damaged_history_is_written_again_from_the_versions(root: str) -> None:
    put(root, "dddd", ROWS[::-1], instead_of="aaaa")
    for age, version in enumerate(("cccc", "aaaa", "bbbb", "dddd")):
        os.utime(Path(root, version, DATASET_INDEX), (age, age))
    Path(root, HISTORY).write_text("{")
    (_, remarks) = restored_history(root)
    assert "versions.json: expected the JSON of natocc-versions/1" in remarks[0]
    assert standing_version(root, "aaaa") == "dddd"
    recorded = record_version(root, "bbbb")
    assert (recorded.repaired, recorded.remarks) == ((HISTORY,), remarks)
    # By age, the latest at the end; what replaces another is numbered after that.
    assert numbers(root) == [
        ("1.0.0", "aaaa", None),
        ("1.1.0", "bbbb", "aaaa"),
        ("1.0.1", "dddd", "aaaa"),
        ("2.0.0", "cccc", "dddd"),
    ]
    assert record_version(root, "bbbb").repaired == ()


def test_a_damaged_pointer_is_written_again(root: str) -> None:
    Path(root, LATEST).write_text("{")
    assert record_version(root, "cccc").repaired == (LATEST,)
    assert latest_version(root) == "cccc" and len(numbers(root)) == 3


def test_after_a_version_that_cannot_be_read_the_change_counts_as_a_major_one(root: str) -> None:
    Path(root, "cccc", MANIFEST).unlink()
    entry = record_version(root, put(root, "dddd", EDITED)).entry
    assert (entry.number, entry.after, entry.change, entry.added) == ("3.0.0", None, "edits", 2)


def test_a_version_that_is_gone_stays_so(root: str) -> None:
    stand_in(root, "cccc", None, SINCE)
    assert record_version(root, "cccc").entry.gone == SINCE
    assert [entry.gone for entry in read_history(root)] == [None, None, SINCE]


@pytest.mark.parametrize("damaged", [b"{", None])
def test_a_damaged_or_missing_history_undoes_no_withdrawal(root: str, damaged: bytes | None) -> None:
    replaced = ReplacedVersion(version="aaaa", by="cccc", gone=SINCE)
    add_to_withdrawal_record(root, versions=[replaced])
    history = Path(root, HISTORY)
    history.unlink()
    if damaged is not None:
        history.write_bytes(damaged)
    with pytest.raises(BadDocument, match=r"versions\.json"):
        read_history(root)
    assert standing_version(root, "aaaa") == "cccc"
    assert record_version(root, "cccc").repaired == (HISTORY,)
    marks = [(entry.version, entry.gone, entry.instead_of) for entry in read_history(root)]
    assert marks == [("aaaa", SINCE, None), ("bbbb", None, None), ("cccc", None, "aaaa")]


def test_a_history_of_a_later_release_is_left_alone(root: str) -> None:
    later = DocumentFormat(
        name="natocc-versions", schema=9, hashed_since=1, what="", make="", repair="", upgrade=""
    )
    data = encode_document(later, {"chapters": []})
    Path(root, HISTORY).write_bytes(data)
    with pytest.raises(BadDocument, match="or an earlier one, got natocc-versions/9"):
        record_version(root, put(root, "dddd", ROWS))
    assert Path(root, HISTORY).read_bytes() == data and latest_version(root) == "cccc"


def test_at_a_url_of_a_bucket(s3: S3Server) -> None:
    root = f"{s3.bucket('history')}/small"
    record_version(root, put(root, "aaaa", ROWS))
    record_version(root, put(root, "bbbb", [*ROWS, row(2)]))
    assert [entry.number for entry in read_history(root)] == ["1.0.0", "1.1.0"]
    assert latest_version(root) == "bbbb"
    write_bytes(f"{root}/{HISTORY}", b"{")
    assert record_version(root, "bbbb").repaired == (HISTORY,)
    assert [entry.version for entry in read_history(root)] == ["aaaa", "bbbb"]


def test_a_suspended_holder_of_the_pointer_is_not_waited_for_without_end(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "_PATIENCE", 0.1)
    expected = rf"got `.*` \(process {os.getpid()} on .*; what was published is whole; end that run"
    with lock(root, name=POINTER_LOCK), pytest.raises(InUse, match=expected):
        record_version(root, put(root, "dddd", EDITED))
    assert record_version(root, "dddd").entry.version == "dddd"
