from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.dataset import LATEST
from manifests.history import (
    HISTORY,
    Change,
    HistoryEntry,
    add_version,
    entry_of,
    next_number,
    number_parts,
    read_history,
    stand_in,
    standing_in_for,
    write_history,
)
from natocc.document import BadDocument


def entry(version: str, number: str = "1.0.0", **fields: object) -> HistoryEntry:
    values: dict[str, object] = {
        "number": number,
        "version": version,
        "after": None,
        "change": "first",
        "added": 3,
        "edited": 0,
        "removed": 0,
        "moved": 0,
    }
    return HistoryEntry(**(values | fields))  # type: ignore[arg-type]


def test_versions_are_added_in_order_and_once(tmp_path: Path) -> None:
    root = str(tmp_path / "small")
    assert read_history(root) == ()
    first, second = entry("aaaa"), entry("bbbb", "1.1.0", after="aaaa", change="additions")
    for added in (first, second, replace(first, number="9.0.0")):
        add_version(root, added)
    assert read_history(root) == (first, second)
    with pytest.raises(ValueError, match=r"expected a new number, got 1\.1\.0 of version bbbb"):
        add_version(root, entry("cccc", "1.1.0"))
    assert read_history(root) == (first, second)
    assert [path.name for path in (tmp_path / "small").iterdir()] == [HISTORY], "no lock is left"


def test_a_version_is_gone_since_the_first_time_that_it_is_said(tmp_path: Path) -> None:
    root = str(tmp_path)
    add_version(root, entry("aaaa"))
    stand_in(root, "aaaa", None, "2026-01-01T00:00:00+00:00")
    stand_in(root, "aaaa", None, "2027-01-01T00:00:00+00:00")
    assert [one.gone for one in read_history(root)] == ["2026-01-01T00:00:00+00:00"]


def test_replacements_are_followed_to_the_last() -> None:
    history = (entry("a"), entry("b", instead_of="a"), entry("c", instead_of="b"), entry("d", instead_of="a"))
    assert [standing_in_for(history, name) for name in "abcdx"] == ["d", "c", "c", "d", "x"]
    circle = (entry("a", instead_of="b"), entry("b", instead_of="a"))
    assert standing_in_for(circle, "a") == "b"


@given(
    parts=st.tuples(*[st.integers(0, 99)] * 3), change=st.sampled_from(["repackaged", "additions", "edits"])
)
def test_the_next_number_is_greater_in_the_place_that_the_change_asks_for(
    parts: tuple[int, int, int], change: Change
) -> None:
    after = number_parts(next_number(".".join(map(str, parts)), change))
    place = {"edits": 0, "additions": 1, "repackaged": 2}[change]
    assert after == (*parts[:place], parts[place] + 1, *[0] * (2 - place))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"number": "1.0"}, r"expected a number such as 1\.2\.0, got '1\.0'"),
        ({"version": "../x"}, r"expected the name of a version, got '\.\./x'"),
        ({"change": "other"}, "at versions > 0 > change"),
    ],
)
def test_a_history_with_other_values_is_damaged(tmp_path: Path, change: dict[str, str], named: str) -> None:
    write_history(str(tmp_path), [replace(entry("aaaa"), **change)])  # type: ignore[arg-type]
    with pytest.raises(BadDocument, match=named):
        read_history(str(tmp_path))


def test_two_versions_of_one_number_are_damage(tmp_path: Path) -> None:
    write_history(str(tmp_path), [entry("aaaa"), entry("bbbb")])
    with pytest.raises(BadDocument, match=r"expected every number once.*natocc build"):
        read_history(str(tmp_path))


def test_a_cut_history_names_the_way_out(tmp_path: Path) -> None:
    add_version(str(tmp_path), entry("aaaa"))
    path = tmp_path / HISTORY
    assert json.loads(path.read_text())["format"] == "natocc-versions/1"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(BadDocument, match=f"{path}: expected the JSON of natocc-versions/1.*natocc build"):
        read_history(str(tmp_path))
    assert not (tmp_path / LATEST).exists()


def test_an_entry_is_found_by_its_version() -> None:
    assert entry_of((entry("a"), entry("b")), "b") == entry("b") and entry_of((), "a") is None


def test_a_version_stands_in_for_one_that_is_gone(tmp_path: Path) -> None:
    url, soon, later = str(tmp_path), "2026-12-01T00:00:00+00:00", "2026-12-02T00:00:00+00:00"
    for version in ("a", "b"):
        add_version(url, entry(version=version, number=f"{ord(version)}.0.0"))
    assert stand_in(url, "a", "b", later) == later
    assert [(one.instead_of, one.gone) for one in read_history(url)] == [(None, later), ("a", None)]
    # The earlier time holds.
    assert stand_in(url, "a", None, soon) == soon == stand_in(url, "a", "b", later)
    with pytest.raises(ValueError, match=r"expected a version of its versions\.json, got c"):
        stand_in(url, "b", "c", soon)
