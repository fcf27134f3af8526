from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from manifests.sample import (
    JSON_TEXTS,
    SAMPLE_FIELDS,
    BadMetadata,
    read_fields,
    read_metadata,
    type_problems,
)
from tests.manifests.inputs import ENTRY, sample_fields


def encoded(**changes: object) -> bytes:
    return json.dumps(sample_fields(**changes)).encode()


def test_a_json_without_a_number_is_read_as_it_is() -> None:
    for old in ({"key": "a"}, {"schema": 1, "key": "a", "occluder": None, "params": {"shape": None}}):
        assert (
            read_metadata(json.dumps(old).encode(), "a") == read_fields(json.dumps(old).encode(), "a") == old
        )


def test_texts_are_read_and_what_is_absent_is_none() -> None:
    read = read_metadata(encoded(), "a")
    assert (read["params"], read["measured"], read["network"]) == ({"kind": "hand", "shape": None}, {}, None)
    assert read["face"]["person"] is None and read["occluder"]["category"] == "dorsal"
    assert read["backends"] == {"upscaler": None, "colour_transfer": "table", "harmoniser": None}
    nothing = dict.fromkeys(sample_fields()["occluder"], "")
    read = read_metadata(encoded(occluder=nothing, network='{"name": "rainnet"}'), "a")
    assert read["occluder"] is None and read["network"] == {"name": "rainnet"}
    assert read_fields(encoded(), "a") == sample_fields()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            b'{"schema": 4}',
            "expected a json of schema 3 or an earlier one, got 4 of a later release; use the ",
        ),
        (b'{"schema": "1"}', "expected a schema number in the json, got '1'"),
        (b'{"schema": -1}', "expected a schema number in the json, got -1"),
        (b'{"schema": 2}', "json: expected fields key, kind, set, "),
        (b'{"schema": 3}', "json: expected fields key, cache_key, kind, set, "),
        (encoded(params="{"), "json > params: expected the text of a JSON object, got '{'"),
        (b"[]", "expected the json of a sample, got list"),
        (b'{"key": ', "expected the json of a sample, got damaged text (Expecting value"),
        (b"\xff\xfe", "expected the json of a sample, got damaged text ("),
        (b"[" * 100_000, "expected the json of a sample, got damaged text ("),
    ],
    ids=lambda value: str(value)[:20],
)
def test_other_text_is_refused_with_the_place(data: bytes, problem: str) -> None:
    with pytest.raises(BadMetadata) as caught:
        read_metadata(data, "hand-00000-000")
    assert str(caught.value).startswith(f"hand-00000-000: {problem}")


def test_the_example_has_every_field_in_order_and_no_problem() -> None:
    assert list(sample_fields()) == list(SAMPLE_FIELDS)
    assert list(type_problems(sample_fields())) == []


@pytest.mark.parametrize("name", SAMPLE_FIELDS)
def test_no_field_is_null_or_missing_or_of_another_type(name: str) -> None:
    if name != "schema":
        assert list(type_problems(sample_fields(**{name: None})))
        lacking = sample_fields()
        del lacking[name]
        assert list(type_problems(lacking)) == [f"json: expected fields {name}, missing"]
    for other in ({"a": 1}, [], [None], True):
        if name != "schema":
            assert list(type_problems(sample_fields(**{name: other}))), (name, other)
    if name in JSON_TEXTS:
        assert list(type_problems(sample_fields(**{name: "[1]"})))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"opacity": 1}, "json > opacity: expected a number as in every sample, got 1"),
        ({"opacity": float("nan")}, "json > opacity: expected a number as in every sample, got NaN"),
        ({"reach_px": 3.0}, "json > reach_px: expected an integer as in every sample, got 3.0"),
        ({"face": None}, "json > face: expected an object, got null"),
        (
            {"face": ENTRY | {"person": None, "repeat": 0}},
            "json > face > person: expected a string as in every sample, got null",
        ),
        ({"licences": []}, "json > licences: expected a list of at least one string, got []"),
        ({"size": [128, None]}, "json > size: expected an integer as in every sample, got null"),
        ({"more": 1}, "json: expected fields of its schema alone, got more too"),
        ({"params": ""}, "json > params: expected the text of a JSON object, got ''"),
    ],
    ids=str,
)
def test_a_problem_says_where_and_what(changes: dict[str, object], problem: str) -> None:
    assert list(type_problems(sample_fields(**changes))) == [problem]


def test_types_are_those_that_arrow_infers() -> None:
    def inferred(kind: Any) -> pa.DataType:
        if isinstance(kind, dict):
            return pa.struct([pa.field(name, inferred(inner)) for name, inner in kind.items()])
        if isinstance(kind, list):
            return pa.list_(inferred(kind[0]))
        return {"string": pa.string(), "integer": pa.int64(), "number": pa.float64()}[kind]

    assert pa.Table.from_pylist([{"json": sample_fields()}]).schema.field("json").type == inferred(
        SAMPLE_FIELDS
    )


def test_the_format_s_table_has_every_field_with_its_type() -> None:
    text = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
    rows = dict(line.split(" | ")[:2] for line in text.splitlines() if line.startswith("| `"))
    for name, kind in SAMPLE_FIELDS.items():
        expected = (
            f"list of {kind[0]}" if isinstance(kind, list) else kind if isinstance(kind, str) else "object"
        )
        assert rows[f"| `{name}`"] == expected, name
