from __future__ import annotations

import pytest

from assets.problems import BadInput
from assets.reading.flags import read_flag


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", "true", " Yes ", "1.0", "on"])
def test_flags_that_are_set(value: object) -> None:
    assert read_flag(value, "iscrowd")


@pytest.mark.parametrize("value", [False, 0, 0.0, "0", "False", "", None, "no", "null"])
def test_flags_that_are_not_set(value: object) -> None:
    assert not read_flag(value, "iscrowd")


@pytest.mark.parametrize("value", [2, -1, 0.5, float("nan"), "perhaps", [], {}])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(BadInput, match=r"^expected iscrowd as 0 or 1, got "):
        read_flag(value, "iscrowd")
