from __future__ import annotations

import pytest

from assets.text.lines import (
    bare_name,
    cell_name,
    clean,
    column_key,
    is_bare_name,
    is_picture_name,
    number_named,
    path_parts,
    plain,
    text_lines,
    unquote,
    without_suffix,
)


def test_lines_end_in_three_ways_and_nowhere_else() -> None:
    assert text_lines("a\nb\r\nc\rd\x0be\u2028f") == ["a", "b", "c", "d\x0be\u2028f"]


def test_blanks_and_signs_without_width_at_the_ends_do_not_count() -> None:
    assert clean(" \u00a0\ufeff\t a b\u200b \u3000") == "a b"
    assert unquote(' "a.jpg') == unquote("'a.jpg' ") == unquote("\u201ca.jpg\u201d") == "a.jpg"
    assert plain("Very\u00a0 FAIR ") == "very fair"
    assert column_key("Rot-Deg") == column_key(" rot_deg") == "rotdeg"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("47", 47),
        (" 0047 ", 47),
        ("47.0", 47),
        ('"47"', 47),
        ("47.5", None),
        ("-1", None),
        ("٤", None),
        ("", None),
    ],
)
def test_an_id_is_a_number_as_text_too(text: str, number: int | None) -> None:
    assert number_named(text) == number


@pytest.mark.parametrize(
    "name",
    [
        "7",
        "7.jpg",
        "00007.JPG",
        "img/7.png",
        "img\\7.jpg",
        "..\\x\\7.jpg",
        "C:\\raw\\img\\7.jpeg",
        " 7.jpg\u00a0",
    ],
)
def test_a_picture_has_one_bare_name(name: str) -> None:
    assert bare_name(name) == "7"


def test_a_name_keeps_its_dots_and_its_folders_can_be_taken_off() -> None:
    assert (bare_name("a.b"), bare_name("a.b.jpg"), bare_name("")) == ("a.b", "a.b", "")
    assert path_parts("/raw/./a/../b.jpg") == ("raw", "a", "b.jpg")
    assert (without_suffix("a.PNG"), without_suffix("a.b")) == ("a", "a.b")
    assert [is_picture_name(name) for name in ("a.jpg", "x/a.JPEG", "a", ".jpg")] == [
        True,
        True,
        False,
        False,
    ]
    assert [is_bare_name(name) for name in ("a", "?", "1\ufffd.jpg", "a\x00")] == [True, False, False, False]


@pytest.mark.parametrize("cell", ["7", "7.0", "7.", "007", "007.jpg", "img/7.png", ' "7" '])
def test_a_picture_in_a_cell_may_be_a_number_with_a_decimal_point(cell: str) -> None:
    assert cell_name(cell) == "7"


def test_a_name_with_a_dot_in_a_cell_stays_a_name() -> None:
    assert (cell_name("7.5"), cell_name("7.0.jpg"), cell_name("a.b"), cell_name("")) == (
        "7.5",
        "7.0",
        "a.b",
        "",
    )
