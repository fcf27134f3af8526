from __future__ import annotations

import pytest

from tasks.option_problems import OptionsError
from tasks.training.segmenter.options import SegmenterJob, SegmenterOptions


def test_a_job_is_its_training_with_inputs_and_output() -> None:
    job = SegmenterJob(version="v", out="o", steps=7)
    assert job.bank is None
    assert job.narrowed(SegmenterOptions) == SegmenterOptions(steps=7)


def test_all_problems_come_together() -> None:
    with pytest.raises(OptionsError) as caught:
        SegmenterOptions(size=100, steps=0, width=4, max_samples=0, learning_rate=1)
    assert caught.value.problems == [
        "size: expected a multiple of 16, got 100",
        "steps: expected at least 1, got 0",
        "width: expected a multiple of 8, got 4",
        "learning_rate: expected more than 0 and less than 1, got 1",
        "max_samples: expected at least 1, got 0",
    ]
