from __future__ import annotations

import pytest

from assets.text.names_within import may_say_test, names_within


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('["0.jpg", "1.jpg"]', {"0.jpg", "1.jpg"}),
        ("CelebA-HQ-img/ 4.jpg", {"4.jpg"}),
        ("2.jpg 3.jpg", {"2.jpg", "3.jpg"}),
        ("0.jpg1.jpg", {"0.jpg", "1.jpg"}),
        ("https://x/1.jpg?raw=1", {"//x/1.jpg"}),
        ("\uff10.jpg", {"0.jpg"}),
        ("8 to 11", {"8", "9", "10", "11"}),
        ("masks/00007_l_eye.png", {"00007"}),
        ("Hand-3_mask.png", {"Hand-3"}),
        ("7.jpg.png", {"7"}),
        ("(photo of me.jpg)", {"photo of me.jpg"}),
    ],
)
def test_the_names_in_a_text_are_found(text: str, names: set[str]) -> None:
    assert names <= set(names_within(text))


def test_a_range_of_too_many_numbers_names_its_ends_alone() -> None:
    assert set(names_within("1 - 999999999")) == {"1 - 999999999", "1", "999999999"}
    assert names_within("5-3") == ("5-3",) and names_within("<>") == ()


@pytest.mark.parametrize("text", ["test", " TEST ", "(tst)", "excluded", "fold_test_1", "removed", "val"])
def test_words_that_hold_out_are_known_with_slips(text: str) -> None:
    assert may_say_test(text)


@pytest.mark.parametrize("text", ["", "train", "best", "0.93", "ada", "7"])
def test_other_words_hold_nothing_out(text: str) -> None:
    assert not may_say_test(text)
