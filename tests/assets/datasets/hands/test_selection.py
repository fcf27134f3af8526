from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from assets.datasets.hands.selection import LIST, choose_hands, even_shares, read_list
from assets.problems import Problem
from assets.records import Origin, RawHand
from assets.text.lines import bare_name
from tests.raw_trees import write

ORIGIN = Origin(dataset="11k-hands", photo="", licence="")


def a_hand(number: int, skin: str = "fair", aspect: str = "dorsal left", subject: str = "1") -> RawHand:
    return RawHand(
        id=f"{number:05d}",
        image=Path(f"Hand_{number}.jpg"),
        mask=None,
        rot_deg=None,
        aspect=aspect,
        skin=skin,
        subject=subject,
        irregularities=number % 10 == 9,
        origin=ORIGIN,
    )


def many() -> list[RawHand]:
    """1,000 hands: mostly fair, few dark, eight in a row of one subject."""
    skins, aspects = ["fair"] * 6 + ["medium"] * 2 + ["very fair", "dark"], ["dorsal left", "palmar right"]
    return [a_hand(at, skins[at // 8 % 10], aspects[at % 2], str(at // 8)) for at in range(1000)]


def test_tones_and_sides_are_evenly_taken_and_irregular_hands_left_out() -> None:
    chosen = choose_hands(many(), 80)
    assert Counter(hand.skin for hand in chosen) == dict.fromkeys(("very fair", "fair", "medium", "dark"), 20)
    assert set(Counter((hand.skin, hand.aspect) for hand in chosen).values()) == {10}
    assert not any(hand.irregularities for hand in chosen)
    assert len({hand.subject for hand in chosen}) >= 40, "not many of one subject"


def test_the_same_are_chosen_in_the_order_given() -> None:
    hands = many()
    chosen = choose_hands(hands, 50)
    assert chosen == [hand for hand in hands if hand in chosen]
    assert {hand.id for hand in choose_hands(hands[::-1], 50)} == {hand.id for hand in chosen}


def test_a_rare_tone_leaves_its_places_to_the_others_and_the_unknown_come_last() -> None:
    hands = [a_hand(10 * at, "dark") for at in range(2)] + [a_hand(10 * at + 1) for at in range(50)]
    hands += [a_hand(10 * at + 2, "") for at in range(50)]
    assert Counter(hand.skin for hand in choose_hands(hands, 20)) == {"dark": 2, "fair": 18}
    assert Counter(hand.skin for hand in choose_hands(hands, 60)) == {"dark": 2, "fair": 50, "": 8}
    assert len(choose_hands(hands, 500)) == 102


@pytest.mark.parametrize(
    ("sizes", "count", "shares"),
    [
        ({"a": 5, "b": 5}, 3, {"a": 1, "b": 2}),
        ({"a": 1, "b": 9}, 6, {"a": 1, "b": 5}),
        ({"a": 2}, 9, {"a": 2}),
        ({}, 4, {}),
    ],
)
def test_places_are_shared_out(sizes: dict[str, int], count: int, shares: dict[str, int]) -> None:
    assert even_shares(sizes, count) == shares


def folders(raw: Path) -> tuple[Path, Path]:
    return raw / "11k-hands", raw / "11k-hands_masks"


def named(name: str) -> str | None:
    """The id of one of two hands."""
    return {"Hand_0000002": "2", "Hand_0000011": "11"}.get(bare_name(name))


@pytest.mark.parametrize("folder", ["11k-hands", "11k-hands_masks"])
def test_the_published_list_is_read_in_either_folder(tmp_path: Path, folder: str) -> None:
    write(
        tmp_path / folder / LIST,
        b"\xef\xbb\xbfHand_0000002.jpg\r\nHands\\Hand_0000011,\n\nHand_0000012.jpg\n",
    )
    problems: list[Problem] = []
    found = read_list(folders(tmp_path), tmp_path, named, problems.append)
    assert found is not None and found[0] == f"{folder}/{LIST}" and problems == []
    assert (found[1].found, found[1].unmatched) == (["2", "11"], ["Hand_0000012.jpg"])


@pytest.mark.parametrize(
    ("where", "data", "problem"),
    [
        ("", b"x", f"{LIST}: expected the list in 11k-hands/ or 11k-hands_masks/, got it beside them, where it is not read"),
        ("11k-hands/", b"\n", f"11k-hands/{LIST}: expected a list of images, one a line, got an empty file"),
        ("11k-hands/", b"\xff", f"11k-hands/{LIST}: expected a list of images, one a line, got another encoding (0xff"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_used_is_named(tmp_path: Path, where: str, data: bytes, problem: str) -> None:
    write(tmp_path / f"{where}{LIST}", data)
    problems: list[Problem] = []
    found = read_list(folders(tmp_path), tmp_path, named, problems.append)
    assert found is None and len(problems) == 1 and str(problems[0]).startswith(problem)
