from __future__ import annotations

import json

import pytest

from manifests.sample import SAMPLE_SCHEMA, BadMetadata, read_metadata


def test_this_schema_and_a_json_without_a_number_are_read() -> None:
    assert read_metadata(b'{"key": "a"}', "a") == {"key": "a"}
    new = {"schema": SAMPLE_SCHEMA, "key": "a"}
    assert read_metadata(json.dumps(new).encode(), "a") == new


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            b'{"schema": 2}',
            "expected a json of schema 1 or an earlier one, got 2 of a later release; use the ",
        ),
        (b'{"schema": "1"}', "expected a schema number in the json, got '1'"),
        (b'{"schema": -1}', "expected a schema number in the json, got -1"),
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
