from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from assets.bank.reader import Bank
from manifests.dataset import read_shard_record
from manifests.rows import decode_rows
from natocc.occluders.bank_files import BadBank
from shards import storage
from shards.reader import read_shard
from tasks.build.publish.staged import NotAsRecorded, read_staged
from tasks.errors import BuildStopped
from tasks.render.groups import attempt_all
from tasks.render.harmonise import open_harmoniser
from tasks.render.inputs import open_inputs
from tasks.render.shard import ShardStopped, record_url, render_shard, rows_url
from tests.bank_entries import flip_bit
from tests.tasks.render.shards import bank_with, plan_of


def content(bank: Bank) -> str:
    return str(bank.index["content_sha256"])


def test_tar_rows_and_record_agree(bank_url: str, tmp_path: Path) -> None:
    bank, out = Bank(bank_url), str(tmp_path)
    plan = plan_of(bank, "hand", 6, repeats=6, hidden_ratio=(0.1, 0.25), profile="paper")
    record = render_shard(plan, bank_url, content(bank), out).record
    rows = decode_rows(storage.read_bytes(rows_url(out, plan.file)))
    kept = [row.key for row in rows if row.verdict == "kept"]
    assert [row.cache_key for row in rows] == [sample.cache_key for sample in plan.samples]
    assert 0 < len(kept) < 6
    assert [key for key, _ in read_shard(str(tmp_path / plan.file))] == kept
    assert record.counts == {"kept": len(kept), "rejected": 6 - len(kept), "failed": 0}
    assert (record.samples, record.sha256) == (len(kept), storage.sha256_of(str(tmp_path / plan.file)))
    assert read_shard_record(record_url(out, plan.file)) == record
    assert (record.cache_key, record.network_batch) == (plan.cache_key, None)


def test_damage_on_the_way_to_the_disk_is_not_recorded(
    bank_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def damaging(url: str) -> Iterator[BinaryIO]:
        with write_whole(url) as stream:
            yield stream
        if url.endswith(".tar"):
            flip_bit(Path(url), 700)

    write_whole = storage.write_whole
    monkeypatch.setattr(storage, "write_whole", damaging)
    plan, out = plan_of(Bank(bank_url), "hand", 2), str(tmp_path)
    record = render_shard(plan, bank_url, content(Bank(bank_url)), out).record
    assert record.bytes == storage.size_of(str(tmp_path / plan.file))
    with pytest.raises(NotAsRecorded, match=f"{plan.file}: expected sha256 {record.sha256} as recorded, got"):
        read_staged(out, plan)


def test_another_bank_than_the_planned_one_stops_the_build(bank_url: str, tmp_path: Path) -> None:
    plan = plan_of(Bank(bank_url), "randocc", 1)
    with pytest.raises(
        BuildStopped,
        match="the bank has changed since this build was planned: it was prepared again; run the same command again",
    ):
        render_shard(plan, bank_url, "0" * 64, str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_ten_failures_in_a_row_stop_the_shard_and_nine_do_not(bank_url: str, tmp_path: Path) -> None:
    broken = bank_with(Bank(bank_url), tmp_path / "bank", {"face": {"jpg": b"no picture"}})
    for count, stops in ((9, False), (10, True)):
        plan = plan_of(broken, "randocc", count, repeats=count, parsing=False)
        out = tmp_path / str(count)
        if not stops:
            record = render_shard(plan, broken.url, content(broken), str(out)).record
            assert record.counts == {"kept": 0, "rejected": 0, "failed": 9}
            continue
        with pytest.raises(ShardStopped, match=rf"{plan.file}: 10 samples failed in a row, the last: "):
            render_shard(plan, broken.url, content(broken), str(out))
        assert not list(out.rglob("*.tar")), "no half-written shard"


@pytest.fixture
def copied(bank_url: str, tmp_path: Path) -> Bank:
    """A copy of the session's bank that a test may damage."""
    return Bank(str(shutil.copytree(bank_url, tmp_path / "bank")))


def stopped(bank: Bank, kind: str, out: Path, **fields: object) -> str:
    """The one line with which a shard of 4 samples stops; nothing of it is left."""
    plan = plan_of(bank, kind, 4, repeats=4, **fields)
    with pytest.raises(BuildStopped) as caught:
        render_shard(plan, bank.url, content(bank), str(out))
    assert not list(out.rglob("*.tar"))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("pool", "member"), [("face", "jpg"), ("face", "mask.png"), ("hand", "alpha.png")])
def test_a_flipped_bit_stops_the_build_and_no_sample_fails(
    pool: str, member: str, copied: Bank, tmp_path: Path
) -> None:
    entry = copied.entries(pool)[0]
    flip_bit(Path(copied.url, entry.shard), entry.members[member].offset + 100)
    message = stopped(copied, "hand", tmp_path / "out")
    assert message.startswith(
        f"{copied.url}/{entry.shard}: expected {member} of {pool} {entry.id} with sha256 "
    )
    assert "copy the bank again, or repair it with `natocc prepare --raw DIR --bank " in message


def test_a_flipped_bit_in_bytes_that_no_sample_reads_changes_nothing(copied: Bank, tmp_path: Path) -> None:
    plan = plan_of(copied, "randocc", 2, repeats=2)
    sound = render_shard(plan, copied.url, content(copied), str(tmp_path / "sound"))
    hand = copied.entries("hand")[0]
    flip_bit(Path(copied.url, hand.shard), hand.members["jpg"].offset)
    assert render_shard(plan, copied.url, content(copied), str(tmp_path / "out")) == sound


def test_a_damaged_index_or_table_stops_the_build(copied: Bank, tmp_path: Path) -> None:
    for name in ("entries.parquet", "bank.json"):
        flip_bit(Path(copied.url, name), 60)
        message = stopped(copied, "randocc", tmp_path / "out", seed=len(name))
        assert message.startswith(f"{copied.url}/{name}: expected ") and "natocc prepare" in message


def prepared_again(bank: Bank) -> None:
    """Another bank at the same place: the face moved, its mask is another."""
    source = Bank(shutil.copytree(bank.url, f"{bank.url}-before"))
    bank_with(source, Path(bank.url), {"face": {"more": b"x" * 700, "mask.png": b"another"}})


def being_prepared(bank: Bank) -> None:
    """As a preparation has it that is at work: no index, and some shards are others."""
    prepared_again(bank)
    Path(bank.url, "bank.json").unlink()


def removed(bank: Bank) -> None:
    shutil.rmtree(bank.url)


CHANGES = [
    (
        prepared_again,
        "prepared again.*: run the same command again|prepared again; run the same command again",
    ),
    (being_prepared, "removed or is being prepared again: when it is complete, run the same command again"),
    (removed, "removed or is being prepared again: when it is complete, run the same command again"),
]


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize(("change", "advice"), CHANGES)
def test_a_bank_that_changes_between_two_shards_stops_the_build(
    change: Callable[[Bank], None], advice: str, opened: bool, copied: Bank, tmp_path: Path
) -> None:
    """``opened``: the worker read the planned bank for a shard before; else it is a new process."""
    if opened:
        plan = plan_of(copied, "randocc", 1)
        assert (
            render_shard(plan, copied.url, content(copied), str(tmp_path / "first")).record.counts["failed"]
            == 0
        )
    change(copied)
    assert re.search(advice, stopped(copied, "randocc", tmp_path / "out"))


@pytest.mark.parametrize(("change", "advice"), CHANGES)
def test_a_bank_that_changes_during_a_shard_stops_the_build(
    change: Callable[[Bank], None], advice: str, copied: Bank
) -> None:
    plan = plan_of(copied, "hand", 4, repeats=4)
    samples = attempt_all(open_inputs(plan, copied), open_harmoniser(plan.harmoniser, plan.network, None))
    assert next(samples).row.verdict != "failed"
    change(copied)
    with pytest.raises(BadBank, match=advice):
        next(samples)


def test_a_bank_that_is_prepared_again_with_equal_content_changes_nothing(
    copied: Bank, tmp_path: Path
) -> None:
    plan = plan_of(copied, "randocc", 2, repeats=2)
    sound = render_shard(plan, copied.url, content(copied), str(tmp_path / "sound"))
    bank_with(Bank(shutil.copytree(copied.url, tmp_path / "source")), Path(copied.url), {})
    assert render_shard(plan, copied.url, content(copied), str(tmp_path / "out")) == sound
