from __future__ import annotations

from pathlib import Path

import pytest

from natocc.occluders.filesystem import filesystem_of


@pytest.mark.parametrize("name", ["a", "a::b", "a::b/c::d", "::"])
def test_two_colons_are_part_of_a_name(name: str, tmp_path: Path) -> None:
    filesystem, path = filesystem_of(f"file://{tmp_path}/{name}")
    assert "file" in filesystem.protocol and path == f"{tmp_path}/{name}"


def test_a_file_within_another_is_chained(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    filesystem, path = filesystem_of(f"simplecache::file://{tmp_path}/a")
    assert filesystem.cat_file(path) == b"content"
    filesystem, path = filesystem_of(f"dir://a::file://{tmp_path}")
    assert filesystem.cat_file(path) == b"content"


def test_an_unknown_protocol_is_refused() -> None:
    with pytest.raises(ValueError, match="Protocol not known: foo"):
        filesystem_of("foo://a::b")
