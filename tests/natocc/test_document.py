from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natocc import __version__
from natocc.document import (
    BadDocument,
    DocumentFormat,
    MissingDocument,
    encode_document,
    missing_document,
    parse_document,
)

FORM = DocumentFormat(
    name="natocc-shelf",
    schema=3,
    hashed_since=2,
    readable=(2,),
    what="a shelf",
    make="make one with `fill {folder}`",
    repair="run `fill --again {folder}`",
    upgrade="run `fill {folder}`",
)
FIELDS: dict[str, Any] = {"b": 1, "a": [1.5, None, "Zoë"], "counts": {"x": 2}}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def parse(data: bytes, form: DocumentFormat = FORM) -> dict[str, Any]:
    return parse_document(data, "store/shelf/index.json", form)


def problem_of(data: bytes, form: DocumentFormat = FORM) -> BadDocument:
    with pytest.raises(BadDocument) as caught:
        parse(data, form)
    return caught.value


def test_a_written_document_is_read_with_format_release_and_hash() -> None:
    content = parse(encode_document(FORM, FIELDS))
    assert list(content) == ["format", "written_by", "b", "a", "counts", "sha256"]
    assert content["format"] == "natocc-shelf/3" and content["written_by"] == f"natocc {__version__}"
    assert {name: content[name] for name in FIELDS} == FIELDS
    assert encode_document(FORM, FIELDS) == encode_document(FORM, FIELDS)


def test_a_field_of_every_document_cannot_be_given() -> None:
    with pytest.raises(ValueError, match="natocc-shelf: expected fields of its own, got sha256"):
        encode_document(FORM, {"sha256": ""})


@given(st.dictionaries(st.text().filter(lambda name: name not in ("format", "written_by", "sha256")), VALUES))
def test_any_json_comes_back(fields: dict[str, Any]) -> None:
    content = parse(encode_document(FORM, fields))
    assert {name: content[name] for name in fields} == fields


def test_names_that_are_numbers_come_back_as_texts() -> None:
    assert parse(encode_document(FORM, {"counts": {10: 1, 9: 2}, "pair": (1, 2)}))["counts"] == {
        "10": 1,
        "9": 2,
    }


def test_every_flipped_bit_is_found_and_the_way_out_is_named() -> None:
    data = encode_document(FORM, FIELDS)
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        error = problem_of(bytes(flipped))
        assert error.problem == "damaged", (bit, str(error))
        assert str(error).startswith("store/shelf/index.json: expected ")
        assert str(error).endswith("; run `fill --again store/shelf`")


def test_every_cut_is_found() -> None:
    data = encode_document(FORM, FIELDS)
    assert {problem_of(data[:length]).problem for length in range(len(data))} == {"damaged"}
    assert "got an empty file" in str(problem_of(b""))
    assert "damaged or cut short" in str(problem_of(data[:40]))


@pytest.mark.parametrize("data", [b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"format": "natocc-shelf/x"}'])
def test_other_json_and_no_json_are_damage(data: bytes) -> None:
    assert problem_of(data).problem == "damaged"


def test_another_layout_of_the_same_json_is_damage() -> None:
    content = parse(encode_document(FORM, FIELDS))
    assert problem_of(json.dumps(content).encode()).problem == "damaged"


def test_a_readable_earlier_schema_is_read_and_its_hash_checked() -> None:
    data = encode_document(replace(FORM, schema=2), FIELDS)
    assert parse(data)["format"] == "natocc-shelf/2"
    assert problem_of(data.replace(b'"b": 1', b'"b": 2')).problem == "damaged"


def test_a_document_from_before_the_field_format_is_read_where_that_is_allowed() -> None:
    assert parse(b'{"b": 1}', replace(FORM, readable=(0,))) == {"b": 1}
    assert "expected format natocc-shelf/3, got None" in str(problem_of(b'{"b": 1}'))


def test_an_earlier_schema_is_refused_with_its_content_and_what_to_do() -> None:
    error = problem_of(b'{"format": "natocc-shelf/1", "b": 1}')
    assert error.problem == "older" and error.fields["b"] == 1
    assert str(error) == (
        "store/shelf/index.json: expected format natocc-shelf/3, got natocc-shelf/1 of an earlier release; "
        "run `fill store/shelf`"
    )


def test_a_later_schema_names_the_release_that_wrote_it() -> None:
    error = problem_of(encode_document(replace(FORM, schema=4), FIELDS))
    assert error.problem == "newer"
    assert str(error) == (
        "store/shelf/index.json: expected format natocc-shelf/3 or an earlier one, got natocc-shelf/4, written "
        f"by natocc {__version__}; use that release or a later one "
        f"(pip install 'natocc>={__version__}', in a checkout git pull)"
    )


def test_a_missing_document_is_also_a_missing_file() -> None:
    error = missing_document("store/shelf/index.json", FORM)
    assert isinstance(error, FileNotFoundError | BadDocument) and error.problem == "missing"
    assert str(error) == (
        "store/shelf: expected a shelf (index.json in it), found none; make one with `fill store/shelf`"
    )


def test_errors_survive_the_way_from_a_worker() -> None:
    for error in (problem_of(b""), missing_document("a/b", FORM)):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.problem) == (type(error), str(error), error.problem)
    assert isinstance(pickle.loads(pickle.dumps(missing_document("a/b", FORM))), MissingDocument)
