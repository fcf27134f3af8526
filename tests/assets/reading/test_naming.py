from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from assets.reading.naming import id_of, normal


def test_numbers_are_padded() -> None:
    assert [id_of(name) for name in ("7", "00007", "29999", "123456")] == [
        "00007",
        "00007",
        "29999",
        "123456",
    ]


def test_names_that_once_overwrote_each_other_differ() -> None:
    names = [
        "a.b",
        "a.c",
        "a b",
        "a-b",
        "A.B",
        "é",
        "e",
        "顔",
        "笑",
        "",
        "a" * 60 + "1",
        "a" * 60 + "2",
        "７",
    ]
    assert len({id_of(name) for name in names}) == len(names)


def test_composed_and_decomposed_spellings_are_one_name() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert normal(composed) == normal(decomposed)
    assert id_of(composed) == id_of(decomposed)


def test_many_names_without_a_latin_letter_stay_apart() -> None:
    names = [f"{chr(0x4E00 + number % 5000)}{chr(0x4E00 + number // 5000)}" for number in range(20_000)]
    assert len({id_of(name) for name in names}) == len(names)


@given(st.text(max_size=80))
def test_an_id_is_a_short_tar_key(name: str) -> None:
    found = id_of(name)
    assert found and found.isascii() and set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert (name.isascii() and name.isdigit()) or len(found) <= 60
