from __future__ import annotations

import pytest

from natocc.files.names import is_number, name_order


def test_names_of_numbers_come_first_and_as_numbers() -> None:
    names = ["b.png", "10.jpg", "a.png", "9.jpg", "009.jpg", "a10.png", "٣.png", "-1.png"]
    expected = ["009.jpg", "9.jpg", "10.jpg", "-1.png", "a.png", "a10.png", "b.png", "٣.png"]
    assert sorted(names, key=name_order) == expected


@pytest.mark.parametrize(
    ("stem", "number"), [("7", True), ("00007", True), ("", False), ("7a", False), ("²", False)]
)
def test_plain_digits_alone_are_numbers(stem: str, number: bool) -> None:
    assert is_number(stem) is number


def test_thousands_of_digits_are_a_name() -> None:
    assert is_number("9" * 255) and not is_number("9" * 5000)
    assert name_order(f"{'9' * 5000}.jpg")[0]
