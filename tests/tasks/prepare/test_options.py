from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from assets.bank.writer import open_bank, retire_bank
from natocc.document import BadDocument, encode_document
from natocc.occluders.bank_files import BANK_FORMAT
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions, former_options, options_of
from tests.bank_entries import flip_bit, write_index
from tests.raw_trees import add_face, encoded, portrait


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
    write_index(bank, options=None)
    with pytest.raises(ValueError, match="expected the options it was made with, got none"):
        options_of(str(bank))


def test_an_unfinished_preparation_keeps_the_options_of_the_bank_before(tmp_path: Path) -> None:
    raw, bank = tmp_path / "raw", str(tmp_path / "bank")
    add_face(raw, "0")
    options = PrepareOptions(objects="all", hands=7)
    prepare(raw, bank, options, workers=1)
    for _ in range(2):
        retire_bank(bank)
        open_bank(bank)
    assert not (tmp_path / "bank/bank.json").exists()
    assert options_of(bank) == former_options(bank) == options
    prepare(raw, bank, options_of(bank), workers=1)
    assert options_of(bank) == options
    assert not list((tmp_path / "bank").glob(".*")), "nothing is left of it"


def test_options_of_an_earlier_schema_are_known_and_a_later_bank_is_not_replaced(tmp_path: Path) -> None:
    raw, index = tmp_path / "raw", tmp_path / "bank/bank.json"
    add_face(raw, "0")
    index.parent.mkdir()
    index.write_text('{"format": "natocc-bank/1", "options": {"objects": "all"}}')
    assert former_options(str(index.parent)) == PrepareOptions(objects="all")
    with pytest.raises(BadDocument, match="got natocc-bank/1 of an earlier release; bring it up to date"):
        options_of(str(index.parent))
    index.write_bytes(encode_document(replace(BANK_FORMAT, schema=3), {}))
    before = index.read_bytes()
    with pytest.raises(BadDocument, match="got natocc-bank/3, written by natocc"):
        prepare(raw, str(index.parent), workers=1)
    assert index.read_bytes() == before


def test_a_damaged_index_tells_no_options_and_is_written_again(tmp_path: Path) -> None:
    raw, bank = tmp_path / "raw", tmp_path / "bank"
    add_face(raw, "0")
    prepare(raw, str(bank), workers=1)
    sound = (bank / "bank.json").read_bytes()
    flip_bit(bank / "bank.json", 60)
    assert former_options(str(bank)) is None
    with pytest.raises(BadDocument, match=f"repair it with `natocc prepare --raw DIR --bank {bank}`"):
        options_of(str(bank))
    report = prepare(raw, str(bank), workers=1)
    assert (report.shards_made, report.shards_kept, report.unchanged) == (0, 1, False)
    assert (bank / "bank.json").read_bytes() == sound


def test_a_picture_beyond_a_bound_is_refused_and_read_when_the_bound_is_raised(tmp_path: Path) -> None:
    raw, bank = tmp_path / "raw", str(tmp_path / "bank")
    add_face(raw, "0")
    add_face(raw, "1", encoded(portrait(1100, 1100)))
    narrow = prepare(raw, bank, PrepareOptions(megapixels=1), workers=1)
    assert [face.id for face in Bank(bank).entries("face")] == ["00000"]
    assert [str(problem) for problem in narrow.problems if problem.action == "refused"] == [
        "CelebAMask-HQ/CelebA-HQ-img/1.jpg: expected a photograph, got 1100x1100 pixels, more than 1 million"
    ]
    assert prepare(raw, bank, PrepareOptions(), workers=1).refused == 0
    assert [face.id for face in Bank(bank).entries("face")] == ["00000", "00001"]
