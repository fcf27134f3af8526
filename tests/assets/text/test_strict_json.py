from __future__ import annotations

from pathlib import Path

import pytest

from assets.problems import BadInput
from assets.text.strict_json import decode_json, read_json_text, repeated_keys


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("", "an empty file"),
        ('{"a": [1, 2', "text that is cut short"),
        ('{"a": 1,\n "b": x}', "no JSON at line 2, column 7"),
        ('{"x": [{"a": 1, "b": 2, "a": 3}]}', "the key 'a' twice in one object"),
        ("[" * 100_000, "brackets nested too deep"),
        ("9" * 5000, "a number of too many digits"),
        (b'["Zo\xeb"]', "another encoding (0xeb at byte 4); save it as UTF-8"),
    ],
)
def test_a_fault_is_said_in_our_words(text: str | bytes, got: str) -> None:
    with pytest.raises(BadInput) as caught:
        decode_json(text, "an answer", "a.json")
    assert str(caught.value) == f"a.json: expected an answer, got {got}"


def test_equal_keys_of_different_objects_are_no_fault(tmp_path: Path) -> None:
    text = '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}'
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_json_text(tmp_path / "a.json", "an answer") == text
    assert repeated_keys([("b", 1), ("a", 1), ("b", 2)]) == ["b"]


def test_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes("[1]".encode("utf-16"))
    with pytest.raises(BadInput, match=r"^here: expected an answer, got text in UTF-16; save it as UTF-8"):
        read_json_text(tmp_path / "a.json", "an answer", "here")
