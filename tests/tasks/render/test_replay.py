from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from manifests.dataset import MANIFEST
from manifests.rows import decode_rows
from natocc.occluders.bank_files import BadBank
from tasks.build.version import BuildReport
from tasks.render.replay import find_sample, replay
from tests.bank_entries import flip_bit, write


def test_every_kept_sample_comes_back_to_the_byte(built: BuildReport, bank_url: str) -> None:
    bank = Bank(bank_url)
    rows = decode_rows((Path(built.url) / MANIFEST).read_bytes())
    keys = [row.key for row in rows if row.verdict == "kept"]
    assert len(keys) > 10
    for key in keys:
        stored = find_sample(built.url, key)
        assert replay(stored, bank) == stored


def test_another_bank_is_refused(built: BuildReport, bank_url: str) -> None:
    stored = find_sample(built.url, "randocc-00000-000")
    facts = json.loads(stored["json"])
    facts["face"]["sha256"] = "0" * 64
    with pytest.raises(ValueError, match="face 00000: expected sha256 0000"):
        replay(stored | {"json": json.dumps(facts).encode()}, Bank(bank_url))


def test_an_unknown_key_is_said(built: BuildReport) -> None:
    with pytest.raises(ValueError, match="expected a kept sample 'nobody', got no such key"):
        find_sample(built.url, "nobody")


@pytest.mark.parametrize("change", ["flipped bit", "prepared again", "removed"])
def test_a_bank_that_is_damaged_or_changes_is_said(
    change: str, built: BuildReport, bank_url: str, tmp_path: Path
) -> None:
    bank = Bank(str(shutil.copytree(bank_url, tmp_path / "bank")))
    entry = bank.entries("face")[0]
    if change == "flipped bit":
        flip_bit(Path(bank.url, entry.shard), entry.members["jpg"].offset + 9)
    elif change == "prepared again":
        write(Path(bank.url), ["a"])
    else:
        shutil.rmtree(bank.url)
    advice = {"flipped bit": "is damaged", "prepared again": "was prepared again", "removed": "was removed"}
    with pytest.raises(BadBank, match=rf"000000\.tar: expected jpg of .*{advice[change]}"):
        replay(find_sample(built.url, "randocc-00000-000"), bank)
