from __future__ import annotations

import pytest

from tasks.option_problems import OptionsError
from tasks.review.options import QueueOptions


def test_the_former_name_of_limit_is_taken() -> None:
    assert QueueOptions(bank="b", out="o", count=7).limit == 7  # type: ignore[call-arg]


def test_sizes_that_no_segmenter_has_are_refused() -> None:
    with pytest.raises(OptionsError, match="size: expected a multiple of 16, got 100"):
        QueueOptions(bank="b", out="o", size=100)
