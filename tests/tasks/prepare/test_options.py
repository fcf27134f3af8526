from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions, options_of
from tests.raw_trees import add_face


def test_a_bank_says_how_it_was_made(tmp_path: Path) -> None:
    raw, bank = tmp_path / "raw", str(tmp_path / "bank")
    assert options_of(bank) == PrepareOptions(), "none there"
    add_face(raw, "0")
    options = PrepareOptions(objects="all", policy="faceocc", hands=7, hold_out=False)
    prepare(raw, bank, options, workers=1)
    assert options_of(bank) == options
    assert prepare(raw, bank, options_of(bank), workers=1).unchanged


def test_a_bank_that_does_not_say_is_refused(tmp_path: Path) -> None:
    raw, bank = tmp_path / "raw", tmp_path / "bank"
    add_face(raw, "0")
    prepare(raw, str(bank), workers=1)
    index = json.loads((bank / "bank.json").read_text())
    del index["options"]
    (bank / "bank.json").write_text(json.dumps(index))
    with pytest.raises(ValueError, match="expected the options it was made with, got none"):
        options_of(str(bank))
