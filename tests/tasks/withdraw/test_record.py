from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from manifests.dataset import MANIFEST, read_dataset, write_shard_record
from manifests.history import HISTORY, read_history
from manifests.rows import encode_table
from manifests.withdrawn import WITHDRAWN, read_withdrawal_record
from shards.lock import lock
from shards.storage import sha256_bytes
from tasks.build.lock import LOCK_OF_VERSION
from tasks.build.reuse import published_shards
from tasks.errors import BuildStopped
from tasks.garbage.collect import collect_garbage
from tasks.render.shard import ROWS, record_url, rows_url
from tasks.renew.retry import RetryOptions, retry
from tasks.renew.upgrade import UpgradeOptions, upgrade_version
from tasks.withdraw.plan import plan_withdrawal
from tasks.withdraw.record import record_withdrawal, remove_unpublished
from tasks.withdraw.run import withdraw
from tests.tasks.withdraw.conftest import Place


@pytest.fixture
def former_bank(place: Place) -> Path:
    """The bank as it was before anything was withdrawn."""
    return Path(shutil.copytree(place.bank, place.root / "former"))


def bring_back(place: Place, former: Path) -> None:
    shutil.rmtree(place.bank)
    shutil.copytree(former, place.bank)


@pytest.mark.parametrize("history", ["whole", "cut", "missing"])
def test_no_older_bank_brings_it_back_whatever_becomes_of_the_history(
    place: Place, former_bank: Path, history: str
) -> None:
    report = withdraw(plan_withdrawal(place.options("Ada", everywhere=True)))
    marks = {(entry.version, entry.gone) for entry in read_history(str(place.dataset)) if entry.gone}
    path = place.dataset / HISTORY
    if history != "whole":
        path.write_text("{")
    if history == "missing":
        path.unlink()
    pointed = (place.dataset / "latest.json").read_bytes()
    current = place.root / "current"
    shutil.copytree(place.bank, current)
    bring_back(place, former_bank)
    # The same recipe, which names a replaced version, and another one, whose version never was there.
    for options in ({}, {"limit": 6}, {"seed": 5}):
        with pytest.raises(BuildStopped, match=r"got face ada.*given as Ada"):
            place.build(**options)
    assert (place.dataset / "latest.json").read_bytes() == pointed
    for name in (place.old, place.latest):
        with pytest.raises(
            BuildStopped, match="expected a version to go on with, got one that was withdrawn"
        ):
            upgrade_version(UpgradeOptions(url=str(place.dataset / name)))
        with pytest.raises(
            BuildStopped, match="expected a version to go on with, got one that was withdrawn"
        ):
            retry(RetryOptions(url=str(place.dataset / name), bank=place.bank, workers=1))
    bring_back(place, current)
    assert place.build() == report.replaced[-1].by
    restored = read_history(str(place.dataset))
    assert {(entry.version, entry.gone) for entry in restored if entry.gone} == marks
    assert {entry.instead_of for entry in restored if entry.instead_of} == {place.old, place.latest}


def test_a_dataset_of_an_earlier_release_gets_its_record_by_the_same_command(place: Place) -> None:
    withdraw(plan_withdrawal(place.options("Ada", everywhere=True)))
    record = read_withdrawal_record(str(place.dataset))
    (place.dataset / WITHDRAWN).unlink()
    withdraw(plan_withdrawal(place.options("Ada", everywhere=True)))
    again = read_withdrawal_record(str(place.dataset))
    assert again.inputs == record.inputs and set(again.versions) == set(record.versions)
    assert {one.version for one in again.versions} == {place.old, place.latest}
    assert collect_garbage(str(place.dataset)).left_alone == 0


def test_unpublished_shards_with_the_input_go_and_others_stay(place: Place) -> None:
    url = str(place.dataset / place.latest)
    dataset = read_dataset(url)
    staging = place.dataset / ".building-0123456789ab"
    (staging / ROWS).mkdir(parents=True)
    for file in (staging / ".partial-1", staging / MANIFEST):
        file.write_bytes(b"half")

    held: dict[str, bool] = {}
    for shard in published_shards(url, dataset):
        rows = encode_table(shard.table())
        record = replace(shard.record, rows_sha256=sha256_bytes(rows))
        shutil.copy(shard.url, staging)
        Path(rows_url(str(staging), record.file)).write_bytes(rows)
        write_shard_record(record_url(str(staging), record.file), record)
        held[record.file] = "Ada" in shard.table()["person"].to_pylist()
    assert set(held.values()) == {True, False}
    record_withdrawal(str(place.dataset), plan_withdrawal(place.options("Ada")).rows)
    with lock(str(place.dataset), name=f"{LOCK_OF_VERSION}0123456789ab"):
        (remark,) = remove_unpublished(str(place.dataset))
    assert "may hold the input; it is in use by" in remark and len(list(staging.glob("*.tar"))) == len(held)
    assert remove_unpublished(str(place.dataset)) == ()
    kept = {file for file, with_ada in held.items() if not with_ada}
    assert {path.name for path in staging.iterdir()} == {ROWS, *kept}
