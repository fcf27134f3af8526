from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assets.text.json_stream
from assets.text.json_stream import read_pieces
from tests.raw_trees import write

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=5), st.booleans(), st.sampled_from([None, 1]), st.integers(1, 40))  # fmt: skip
def test_the_pieces_make_the_object(
    tmp_path_factory: pytest.TempPathFactory, value: dict[str, Any], plain: bool, indent: int | None, chunk: int
) -> None:  # fmt: skip
    path = tmp_path_factory.mktemp("json") / "a.json"
    path.write_bytes(json.dumps(value, ensure_ascii=plain, indent=indent).encode("utf-8", "replace"))
    expected = json.loads(path.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets.text.json_stream, "_CHUNK", chunk)
        pieces = list(read_pieces(path))
    for key, member in expected.items():
        mine = [piece.value for piece in pieces if piece.key == key]
        assert mine == (member if isinstance(member, list) and member else [member])
    data = path.read_bytes()
    assert all(json.loads(data[piece.start : piece.end]) == piece.value for piece in pieces)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "its end after 0 bytes in place of '{'"),
        ("7", "'7' at byte 0 in place of '{'"),
        ('{"a": [1, 2', "its end after 11 bytes in place of ','"),
        ('{"a": [1 2]}', "'2' at byte 9 in place of ','"),
        ('{"a": [{"b": nope}]}', "no JSON at byte 13"),
        ('{"a": "b', "a string without an end, from byte 6"),
        ('{"a": [{"b":', "text that is cut short at byte 12"),
        ('{"a" 1}', "'1' at byte 5 in place of ':'"),
        ("{7: 1}", "a key that is no string at byte 2"),
    ],
)
def test_a_text_that_is_no_json_object_is_an_error_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    path = write(tmp_path / "a.json", text.encode())
    with pytest.raises(ValueError, match=f"^{message.replace('{', '[{]')}$"):
        list(read_pieces(path))


def test_an_early_error_is_not_sought_to_the_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", b'{"a": [1, nope, ' + b"1, " * 2_000_000)
    with pytest.raises(ValueError, match="no JSON at byte 10"):
        list(read_pieces(path))


@pytest.mark.parametrize(
    ("data", "got"),
    [
        ('{"a": []}'.encode("utf-16"), "text in UTF-16; save it as UTF-8"),
        ('{"a": []}'.encode("utf-32"), "text in UTF-32; save it as UTF-8"),
        ('{"a": []}'.encode("utf-16-le"), "text in UTF-16 or UTF-32 without a byte order mark"),
        (b"\x1f\x8b\x08\0", "a gzip archive; unpack it"),
    ],
)
def test_other_encodings_are_recognised_as_in_every_text(tmp_path: Path, data: bytes, got: str) -> None:
    with pytest.raises(ValueError, match=got):
        list(read_pieces(write(tmp_path / "a.json", data)))
