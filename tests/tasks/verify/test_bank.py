from __future__ import annotations

from pathlib import Path

import pytest

from assets.bank.reader import Bank
from natocc.document import BadDocument
from natocc.occluders.bank_files import BANK_INDEX, BANK_TABLE
from tasks.verify.bank import is_bank, verify_bank
from tests.bank_entries import flip_bit
from tests.scored_faces import scored_bank


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return Path(scored_bank(str(tmp_path / "bank")))


def test_a_sound_bank_is_counted_and_its_files_reported_one_by_one(bank: Path) -> None:
    calls: list[tuple[int, int | None]] = []
    counts, findings = verify_bank(str(bank), lambda *call: calls.append(call))
    assert (counts["face"], findings) == (3, [])
    assert calls == [(0, 2), (1, 2), (2, 2)], "a shard and the table"


def test_every_damage_is_a_finding(bank: Path) -> None:
    (bank / "face-000000.tar").write_bytes(b"damaged")
    (bank / BANK_TABLE).unlink()
    (bank / "stray.tar").touch()
    for name in (".hidden", "Thumbs.db", "desktop.ini", "records/.DS_Store", "records/Thumbs.db"):
        (bank / name).parent.mkdir(exist_ok=True)
        (bank / name).touch()
    _, findings = verify_bank(str(bank))
    repair = f"; copy the bank again, or repair it with `natocc prepare --raw DIR --bank {bank}`"
    assert findings[0] == f"{BANK_TABLE}: expected by {BANK_INDEX}, missing{repair}"
    assert findings[1].startswith("face-000000.tar: expected sha256 ") and findings[1].endswith(repair)
    assert findings[2:] == [f"stray.tar: not listed in {BANK_INDEX}; remove it"]


def test_damaged_entries_are_named(bank: Path) -> None:
    entries = Bank(str(bank)).entries("face")
    for entry in entries[:2]:
        flip_bit(bank / entry.shard, entry.members["jpg"].offset)
    (finding,) = verify_bank(str(bank))[1]
    assert f"; damaged: face {entries[0].id}, face {entries[1].id}; copy the bank again" in finding


def test_unreadable_files_are_findings_among_others(bank: Path) -> None:
    for name in ("face-000000.tar", "records/face-000000.json"):
        (bank / name).unlink(missing_ok=True)
        (bank / name).mkdir(parents=True)
    flip_bit(bank / BANK_TABLE, 60)
    table, shard, record = verify_bank(str(bank))[1]
    assert shard.startswith("face-000000.tar: expected a regular file, got a folder; copy the bank again")
    assert table.startswith(f"{BANK_TABLE}: expected sha256 ")
    assert record.startswith("records/face-000000.json: expected a whole record, got a damaged one; ")


def test_damage_between_the_entries_of_a_shard_names_none(bank: Path) -> None:
    flip_bit(bank / "face-000000.tar", 0)
    (finding,) = verify_bank(str(bank))[1]
    assert "face-000000.tar: expected sha256" in finding and "damaged:" not in finding


def test_a_damaged_index_is_a_finding_and_another_schema_an_error(bank: Path) -> None:
    flip_bit(bank / BANK_INDEX, 60)
    counts, (finding,) = verify_bank(str(bank))
    assert counts == {} and finding.startswith(f"{bank}/{BANK_INDEX}: expected ")
    (bank / BANK_INDEX).write_text('{"format": "natocc-bank/1"}')
    with pytest.raises(BadDocument, match="natocc-bank/1 of an earlier release; bring it up to date"):
        verify_bank(str(bank))


def test_a_begun_bank_is_named_as_such(bank: Path, tmp_path: Path) -> None:
    assert is_bank(str(bank)) and not is_bank(str(tmp_path))
    (bank / BANK_INDEX).unlink()
    with pytest.raises(FileNotFoundError, match="expected a bank, got an unfinished one; run the same"):
        is_bank(str(bank))


def test_no_bank_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify_bank(str(tmp_path))


def test_a_bank_and_a_version_in_one_folder_are_told(bank: Path) -> None:
    (bank / "dataset.json").touch()
    with pytest.raises(
        FileExistsError, match=r"expected a bank or a version, got both \(bank\.json and dataset"
    ):
        is_bank(str(bank))
