"""Flows have the fields of their options as flat parameters."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from tasks.build.options import BuildOptions
from tasks.options import Options
from tasks.review.options import QueueOptions
from tasks.training.harmoniser.options import HarmoniserJob
from tasks.training.segmenter.options import SegmenterJob
from tasks.training.upscaler.options import UpscalerJob

FLOWS: dict[str, type[Options]] = {
    "build_natocc": BuildOptions,
    "build_randocc": BuildOptions,
    "correct_masks": QueueOptions,
    "train_harmoniser": HarmoniserJob,
    "train_harmonizer": HarmoniserJob,
    "train_segmenter": SegmenterJob,
    "train_upscaler": UpscalerJob,
}


def schema(name: str) -> Any:
    return getattr(import_module(f"flows.{name}"), name).parameters


def _as_json(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


@pytest.mark.parametrize("name", FLOWS)
def test_parameters_are_the_fields_with_descriptions_and_former_names(name: str) -> None:
    model, found = FLOWS[name], schema(name)
    assert set(found.properties) == model.model_fields.keys() | model.former_names.keys()
    assert set(found.required) == {key for key, field in model.model_fields.items() if field.is_required()}
    for key, field in model.model_fields.items():
        assert found.properties[key]["description"] == field.description, key
        default = found.properties[key].get("default")
        assert field.is_required() or default in (field.get_default(), _as_json(field.get_default())), key


def test_choices_and_bounds_are_in_the_schema() -> None:
    properties = schema("build_natocc").properties
    assert properties["device"]["enum"] == ["auto", "cpu", "cuda"]
    assert properties["workers"]["maximum"] == 256 and properties["workers"]["minimum"] == 1
    former = schema("train_upscaler").properties["bank_weights"]
    assert former["description"] == "Former name of prior_weights, wins over it."
