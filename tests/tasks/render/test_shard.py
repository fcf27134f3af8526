from __future__ import annotations

import json
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from manifests.dataset import ShardRecord
from manifests.rows import decode_rows
from shards import storage
from shards.reader import read_shard
from tasks.errors import BuildStopped
from tasks.render.shard import ShardStopped, record_url, render_shard, rows_url
from tests.tasks.render.shards import bank_with, plan_of


def content(bank: Bank) -> str:
    return str(bank.index["content_sha256"])


def test_tar_rows_and_record_agree(bank_url: str, tmp_path: Path) -> None:
    bank, out = Bank(bank_url), str(tmp_path)
    plan = plan_of(bank, "hand", 6, repeats=6, hidden_ratio=(0.1, 0.25), profile="paper")
    record = render_shard(plan, bank_url, content(bank), out)
    rows = decode_rows(storage.read_bytes(rows_url(out, plan.file)))
    kept = [row.key for row in rows if row.verdict == "kept"]
    assert [(row.face_id, row.repeat) for row in rows] == list(plan.samples) and 0 < len(kept) < 6
    assert [key for key, _ in read_shard(str(tmp_path / plan.file))] == kept
    assert record.counts == {"kept": len(kept), "rejected": 6 - len(kept), "failed": 0}
    assert (record.samples, record.sha256) == (len(kept), storage.sha256_of(str(tmp_path / plan.file)))
    assert ShardRecord(**json.loads(storage.read_bytes(record_url(out, plan.file)))) == record
    assert (record.cache_key, record.network_batch) == (plan.cache_key, None)


def test_another_bank_than_the_planned_one_stops_the_build(bank_url: str, tmp_path: Path) -> None:
    plan = plan_of(Bank(bank_url), "randocc", 1)
    with pytest.raises(BuildStopped, match="the bank has changed since this build was planned; run it again"):
        render_shard(plan, bank_url, "0" * 64, str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_ten_failures_in_a_row_stop_the_shard_and_nine_do_not(bank_url: str, tmp_path: Path) -> None:
    broken = bank_with(Bank(bank_url), tmp_path / "bank", {"face": {"jpg": b"no picture"}})
    for count, stops in ((9, False), (10, True)):
        plan = plan_of(broken, "randocc", count, repeats=count, parsing=False)
        out = tmp_path / str(count)
        if not stops:
            record = render_shard(plan, broken.url, content(broken), str(out))
            assert record.counts == {"kept": 0, "rejected": 0, "failed": 9}
            continue
        with pytest.raises(ShardStopped, match=rf"{plan.file}: 10 samples failed in a row, the last: "):
            render_shard(plan, broken.url, content(broken), str(out))
        assert not list(out.rglob("*.tar")), "no half-written shard"
