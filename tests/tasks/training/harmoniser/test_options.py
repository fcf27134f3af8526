from __future__ import annotations

import pytest

from tasks.training.harmoniser.options import HarmoniserJob, HarmoniserOptions, scene_source_problem

NONE: dict[str, str | None] = {"bank": None, "photos": None, "masks": None, "iharmony4": None}


@pytest.mark.parametrize(
    "given",
    [{"bank": "b"}, {"photos": "p", "masks": "m"}, {"iharmony4": "i"}, {"bank": "b", "iharmony4": "i"}],
)
def test_any_whole_source_is_enough(given: dict[str, str]) -> None:
    assert scene_source_problem(**NONE | given) is None
    job = HarmoniserJob(out="o", **given)
    assert job.sources() == NONE | given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "--bank, --photos, --iharmony4: expected one of them at least, got none"),
        ({"photos": "p"}, "--photos, --masks: expected both or neither, got one"),
        ({"bank": "b", "masks": "m"}, "--photos, --masks: expected both or neither, got one"),
    ],
)
def test_half_a_source_and_none_are_errors(given: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HarmoniserJob(out="o", **given)


@pytest.mark.parametrize(
    "wrong", [{"size": 300}, {"hold_out": 0.0}, {"hold_out": 1.0}, {"crop": 0.05}, {"learning_rate": 0}]
)
def test_values_out_of_range_are_errors(wrong: dict[str, float]) -> None:
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        HarmoniserOptions.model_validate(wrong)
