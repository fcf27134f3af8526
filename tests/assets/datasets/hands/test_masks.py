from __future__ import annotations

from pathlib import Path

from assets.datasets.hands.reader import read_hands
from assets.problems import Problem
from assets.reading.unmatched import only_unmatched
from tests.raw_trees import add_hand, write


def test_two_masks_of_one_name_in_one_folder_refuse_the_hand(tmp_path: Path) -> None:
    add_hand(tmp_path, 1, b"x", b"x")
    add_hand(tmp_path, 2, b"x", b"x")
    write(tmp_path / "11k-hands_masks/Hand_0000001.PNG", b"y")
    write(tmp_path / "11k-hands_mask/Hand_0000001.png", b"z")
    problems: list[Problem] = []
    (hand,) = read_hands(tmp_path, problems.append)
    assert hand.image.name == "Hand_0000002.jpg"
    masks = "11k-hands_masks/Hand_0000001"
    assert [f"{one.action} {one}" for one in problems if "HandInfo" not in one.path] == [
        "refused 11k-hands/Hands/Hand_0000001.jpg: expected one mask, "
        f"got several: {masks}.PNG, {masks}.png; keep one",
    ]


def test_masks_under_other_names_are_found_and_those_of_no_hand_counted(tmp_path: Path) -> None:
    for number in (2, 3, 4, 5):
        add_hand(tmp_path, number, b"x", b"x")
    masks = tmp_path / "11k-hands_masks"
    for old, new in ((2, "Hand_0000002.jpg"), (3, "Hand_0000003_mask.png"), (4, "hand_4.bmp")):
        (masks / f"Hand_000000{old}.png").rename(masks / new)
    write(masks / "Hand_0000008.png", b"x")
    write(masks / "Thumbs.db", b"x")
    problems: list[Problem] = []
    found = [hand.mask and hand.mask.name for hand in read_hands(tmp_path, problems.append)]
    assert found == ["Hand_0000002.jpg", "Hand_0000003_mask.png", "hand_4.bmp", "Hand_0000005.png"]
    (unmatched,) = only_unmatched(problems)
    assert (unmatched.path, unmatched.kind, unmatched.names) == (
        "11k-hands_masks",
        "masks without a photograph",
        ("Hand_0000008.png",),
    )
