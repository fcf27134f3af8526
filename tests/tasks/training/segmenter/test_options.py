from __future__ import annotations

import pytest

from tasks.option_problems import OptionsError
from tasks.training.segmenter.options import SegmenterJob, SegmenterOptions


def test_a_job_is_its_training_with_inputs_and_output() -> None:
    job = SegmenterJob(version="v", out="o", steps=7)
    assert job.bank is None
    assert job.narrowed(SegmenterOptions) == SegmenterOptions(steps=7)


def test_occlusions_are_chosen_by_name_with_their_shares() -> None:
    options = SegmenterOptions(occlude="erase=0.25,natocc", occlude_with=("hand",), occlude_in=("v",))
    assert str(options.occlusion) == "natocc 0.5 + erase 0.25"
    assert options.occlusion.kinds == ("hand",) and options.occlusion.sources == ("v",)
    assert str(SegmenterOptions().occlusion) == "none"


def test_occlusions_that_do_not_fit_are_refused_together() -> None:
    with pytest.raises(OptionsError) as caught:
        SegmenterJob(version="v", out="o", occlude=("paste",), occlude_with=("stone",))
    assert caught.value.problems == [
        "occlude_with: expected hand or object, got 'stone'",
        "bank: expected a bank whose occluders --occlude paste draws, got none",
    ]
    assert SegmenterJob(version="v", out="o", occlude=("erase",)).bank is None
    with pytest.raises(OptionsError) as caught:
        SegmenterOptions(occlude=("erase=2",), occlude_with=("hand",))
    assert caught.value.problems == [
        "occlude: expected a share of the faces in 0-1 after erase=, got '2'",
        "occlude_with: expected --occlude natocc or paste with kinds of cut-outs, got neither",
    ]
    with pytest.raises(
        OptionsError, match="occlude_in: expected --occlude with sources to occlude, got none"
    ):
        SegmenterOptions(occlude_in=("v",))


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
