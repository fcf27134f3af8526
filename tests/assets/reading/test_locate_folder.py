from __future__ import annotations

from pathlib import Path

import pytest

from assets.reading.locate_folder import find_folder

PLACES = ("dtd/images",)


@pytest.mark.parametrize(
    ("made", "raw", "advice"),
    [
        ("dtd/images", "", ""),
        ("DTD/Images", "", "found as DTD/Images; rename it to dtd/images"),
        ("dtd/images", "dtd", "{raw} is itself in it; give --raw {root}"),
        ("dtd/dtd/images", "", "found one level deeper; move what is in dtd/dtd to dtd"),
        ("downloads/dtd/images", "", "found one level deeper; give --raw {root}/downloads, or move it up"),
        ("images", "", "found as images; move it into dtd"),
    ],
)
def test_a_misplaced_folder_is_found_with_what_to_do(
    tmp_path: Path, made: str, raw: str, advice: str
) -> None:
    (tmp_path / made).mkdir(parents=True)
    found = find_folder(tmp_path / raw, PLACES)
    assert found is not None and found.folder == tmp_path / made
    assert found.advice == advice.format(raw=tmp_path / raw, root=tmp_path)


def test_the_right_place_comes_before_near_ones_and_the_first_place_before_others(tmp_path: Path) -> None:
    for name in ("b", "DTD/images", "a"):
        (tmp_path / name).mkdir(parents=True)
    found = find_folder(tmp_path, ("dtd/images", "a", "b"))
    assert found is not None and (found.folder, found.advice) == (tmp_path / "a", "")


def test_nothing_near_is_nothing(tmp_path: Path) -> None:
    (tmp_path / ".dtd/images").mkdir(parents=True)
    assert find_folder(tmp_path, PLACES) is None
