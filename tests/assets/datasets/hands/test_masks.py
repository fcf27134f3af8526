from __future__ import annotations

from pathlib import Path

from assets.datasets.hands.reader import read_hands
from assets.problems import Problem
from tests.raw_trees import add_hand, write


def test_two_masks_of_one_name_in_one_folder_are_a_problem(tmp_path: Path) -> None:
    add_hand(tmp_path, 1, b"x", b"x")
    write(tmp_path / "11k-hands_masks/Hand_0000001.PNG", b"y")
    write(tmp_path / "11k-hands_mask/Hand_0000001.png", b"z")
    problems: list[Problem] = []
    (hand,) = read_hands(tmp_path, problems.append)
    assert hand.mask is not None and hand.mask.name == "Hand_0000001.PNG"
    masks = "11k-hands_masks/Hand_0000001"
    assert [f"{one.action} {one}" for one in problems if "mask" in one.path] == [
        f"refused {masks}.png: expected a name of its own, got the name of {masks}.PNG",
        "noted 11k-hands_mask/Hand_0000001.png: expected one mask of a hand, "
        f"got that and {masks}.PNG, which is taken",
    ]
