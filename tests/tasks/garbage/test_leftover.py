from __future__ import annotations

from pathlib import Path

import pytest

from tasks.garbage.leftover import FolderView


def test_a_leftover_is_told_in_one_safe_line(tmp_path: Path) -> None:
    (tmp_path / "a\nb").write_bytes(bytes(2_500_000))
    view = FolderView(url=str(tmp_path), now=0.0, everything=False)
    assert view.leftover("a\nb", "a file", ".lock", kept="why").line() == (
        rf"{tmp_path}/a\nb: a file, 1 file, 2.5 MB, unchanged for 0.0 days; why"
    )
    with pytest.raises(FileNotFoundError):
        view.leftover("none", "a file", ".lock")
