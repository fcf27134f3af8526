from __future__ import annotations

from pathlib import Path

import pytest

from natocc.occluders.bank_files import BANK_INDEX, BANK_TABLE
from tasks.verify.bank import is_bank, verify_bank
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
    (bank / ".hidden").touch()
    _, findings = verify_bank(str(bank))
    assert findings[:2] == [
        f"{BANK_TABLE}: expected by {BANK_INDEX}, missing",
        f"stray.tar: not listed in {BANK_INDEX}",
    ]
    assert findings[2].startswith("face-000000.tar: expected sha256 ") and len(findings) == 3


def test_a_begun_bank_is_named_as_such(bank: Path, tmp_path: Path) -> None:
    assert is_bank(str(bank)) and not is_bank(str(tmp_path))
    (bank / BANK_INDEX).unlink()
    with pytest.raises(FileNotFoundError, match="expected a bank, got an unfinished one; run the same"):
        is_bank(str(bank))


def test_no_bank_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify_bank(str(tmp_path))
