from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from manifests.rows import decode_rows, encode_rows
from natocc.codecs import encode_jpeg
from shards import storage
from tasks.errors import BuildStopped
from tasks.render import sample
from tasks.render.check_code import CheckedCode, CodeCheck, check_code
from tasks.render.shard import render_shard, rows_url
from tasks.render.stored import StoredShard
from tests.tasks.render.shards import plan_of

KEYS = {number: f"{number:064x}" for number in range(6)}


@pytest.fixture(scope="module")
def check(bank_url: str, tmp_path_factory: pytest.TempPathFactory) -> CodeCheck:
    """Six hands, some of them rejected, that are stored under the keys of the plan's shard."""
    folder = str(tmp_path_factory.mktemp("stored"))
    plan = plan_of(Bank(bank_url), "hand", 6, repeats=6, hidden_ratio=(0.1, 0.25), profile="paper")
    record = render_shard(plan, bank_url, sha256(bank_url), folder).record
    assert record.counts["kept"] and record.counts["rejected"]
    new = tuple(replace(one, cache_key=KEYS[number]) for number, one in enumerate(plan.samples))
    rows = decode_rows(storage.read_bytes(rows_url(folder, plan.file)))
    stored = StoredShard(
        url=storage.join(folder, plan.file),
        sha256=record.sha256,
        rows=encode_rows([replace(row, cache_key=KEYS[number]) for number, row in enumerate(rows)]),
        former_keys={KEYS[number]: one.cache_key for number, one in enumerate(plan.samples)},
    )
    return CodeCheck(plan=replace(plan, samples=new), stored=(stored,))


def sha256(bank_url: str) -> str:
    return str(Bank(bank_url).index["content_sha256"])


def checked(check: CodeCheck, bank_url: str) -> CheckedCode:
    return check_code(check, bank_url, sha256(bank_url))


def test_equal_samples_differ_in_their_key_alone(check: CodeCheck, bank_url: str) -> None:
    assert checked(check, bank_url) == CheckedCode(equal=6)


def test_the_first_difference_is_named(
    check: CodeCheck, bank_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "encode_jpeg", lambda rgb: encode_jpeg(rgb)[:-2] + b"\xff\xd9\x00")
    kept = next(row.key for row in decode_rows(check.stored[0].rows) if row.verdict == "kept")
    assert checked(check, bank_url).difference == f"sample {kept}: expected its stored jpg, got another"


@pytest.mark.parametrize("changed", ["verdict", "row"])
def test_rejected_samples_are_compared_by_their_row(check: CodeCheck, bank_url: str, changed: str) -> None:
    (shard,) = check.stored
    rows = decode_rows(shard.rows)
    row = next(row for row in rows if row.verdict == "rejected")
    other = replace(row, reason="wrist_inside") if changed == "verdict" else replace(row, placement_tries=99)
    changed_rows = encode_rows([other if one is row else one for one in rows])
    difference = checked(replace(check, stored=(replace(shard, rows=changed_rows),)), bank_url).difference
    assert difference == f"sample {row.key}: expected " + (
        f"rejected wrist_inside as stored, got rejected {row.reason}"
        if changed == "verdict"
        else "its stored placement_tries in the manifest, got another"
    )


def test_what_cannot_be_read_is_not_counted(check: CodeCheck, bank_url: str, tmp_path: Path) -> None:
    gone = replace(check.stored[0], url=str(tmp_path / "gone.tar"))
    result = checked(replace(check, stored=(gone,)), bank_url)
    assert (result.equal, result.difference) == (0, "") and "gone.tar" in result.remarks[0]


def test_another_bank_than_the_planned_one_stops_the_check(check: CodeCheck, bank_url: str) -> None:
    with pytest.raises(BuildStopped, match="the bank has changed since this build was planned"):
        check_code(check, bank_url, "another")
