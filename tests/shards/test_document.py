from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from natocc.document import BadDocument, DocumentFormat, MissingDocument
from shards.document import as_record, read_document, write_document

FORM = DocumentFormat(
    name="natocc-shelf",
    schema=1,
    hashed_since=1,
    what="a shelf",
    make="make one with `fill {folder}`",
    repair="run `fill {folder}`",
    upgrade="run `fill {folder}`",
)


@pytest.mark.parametrize("remote", [False, True])
def test_a_document_at_a_path_or_a_url(tmp_path: Path, remote: bool) -> None:
    folder = "memory://documents" if remote else str(tmp_path)
    with pytest.raises(MissingDocument, match=f"{folder}: expected a shelf .index.json in it., found none"):
        read_document(f"{folder}/index.json", FORM)
    write_document(f"{folder}/index.json", FORM, {"a": 1})
    assert read_document(f"{folder}/index.json", FORM)["a"] == 1


def test_damage_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    write_document(str(path), FORM, {"a": 1})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadDocument, match=rf"{path}: expected .*; run `fill {tmp_path}`"):
        read_document(str(path), FORM)


def test_other_fields_are_named_with_their_place(tmp_path: Path) -> None:
    numbers = TypeAdapter(list[int])
    assert as_record(numbers, [1, 2], "URL", FORM) == [1, 2]
    with pytest.raises(BadDocument, match=r"URL: expected the fields of natocc-shelf/1, got .* at rows > 1;"):
        as_record(numbers, [1, "x"], "URL", FORM, "rows")
