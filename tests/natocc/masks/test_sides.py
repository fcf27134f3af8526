from __future__ import annotations

from natocc.masks.policy import CLASS_IDS
from natocc.masks.sides import SIDE_PAIRS


def test_every_part_with_a_side_has_its_other_side() -> None:
    names = {number: name for name, number in CLASS_IDS.items()}
    pairs = {tuple(names[number] for number in pair) for pair in SIDE_PAIRS}
    # r_ also begins no other name; ear_r and l_lip have no other side.
    left = {name for name in CLASS_IDS if name.startswith("l_") and name.replace("l_", "r_", 1) in CLASS_IDS}
    assert pairs == {(name, name.replace("l_", "r_", 1)) for name in left}
