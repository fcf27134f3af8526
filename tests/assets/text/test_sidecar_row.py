from __future__ import annotations

import pytest

from assets.problems import BadInput
from assets.text.sidecar_row import EXCLUDED_ROW, SidecarRow, parse_sidecar_row, person_named


def test_values_have_blanks_and_any_case() -> None:
    row = parse_sidecar_row({"file": "a.jpg", "split": " Test\u00a0", "rot_deg": " 90 ", "photo": "AB" * 32})
    assert row == SidecarRow(split="test", rot_deg=90.0, photo="ab" * 32)
    assert row.origin("set", "CC0").licence == "CC0"


@pytest.mark.parametrize("cells", [None, {"file": " "}, {"file": "a.jpg", "split": "tst"}])
def test_a_row_that_cannot_be_read_is_a_fault(cells: dict[str, str] | None) -> None:
    with pytest.raises(BadInput):
        parse_sidecar_row(cells)
    assert EXCLUDED_ROW.split == "excluded"


HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize("form", ["{}", "sha256:{}", "SHA-256: {}", "{} *0.jpg", "{}  img/my face.jpg"])
def test_a_photo_is_its_hash_however_programs_write_it(form: str) -> None:
    assert parse_sidecar_row({"file": "a.jpg", "photo": form.format(HASH)}).photo == HASH
    assert parse_sidecar_row({"file": "a.jpg", "photo": form.format(HASH.upper())}).photo == HASH


@pytest.mark.parametrize("photo", [HASH[:32], HASH[:-1], f"{HASH}0", "nan", "0.jpg", f"md5:{HASH}"])
def test_a_photo_that_is_no_hash_is_a_fault(photo: str) -> None:
    with pytest.raises(BadInput, match="photo as the sha256"):
        parse_sidecar_row({"file": "a.jpg", "photo": photo})


def test_a_person_s_number_is_one_in_every_spelling_and_words_for_nothing_are_none() -> None:
    assert {person_named(text) for text in ("7", "7.0", "007", " 7 ")} == {"7"}
    assert {person_named(text) for text in ("", "nan", "None", "NULL", "NA", "#N/A")} == {None}
    assert (person_named("11k:0012"), person_named("Na"), person_named("ada 7")) == ("11k:12", "Na", "ada 7")
    row = parse_sidecar_row({"file": "a.jpg", "person": "007.0"})
    assert row.person == "7"
