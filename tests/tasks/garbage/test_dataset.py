from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from manifests.history import write_history
from natocc.document import BadDocument
from shards.measure import storage_time
from tasks.build.lock import lock_version
from tasks.garbage.dataset import find_in_dataset
from tasks.garbage.leftover import FolderView
from tests.s3_server import S3Server
from tests.tasks.garbage.datasets import add_temporary, entry, make_copy, make_dataset


def view(url: str, *, everything: bool = False) -> FolderView:
    return FolderView(url=url, now=storage_time(url), everything=everything)


def test_each_leftover_says_what_it_is_and_why_it_stays(tmp_path: Path) -> None:
    url = make_dataset(str(tmp_path / "data"))
    (tmp_path / "data" / ".lock-dead").touch()
    with lock_version(url, "held", wait=False):
        (tmp_path / "data" / ".building-held").mkdir()
        add_temporary(url)
        found, others = find_in_dataset(view(url, everything=True))
    by_name = {leftover.name: leftover for leftover in found}
    assert {name for name, leftover in by_name.items() if not leftover.kept} == {
        ".building-dead",
        ".building-young",
        ".lock-dead",
        ".partial-0",
        "gone",
        "newest/.partial-1",
    }
    assert others == 1
    dead, gone = by_name[".building-dead"], by_name["gone"]
    assert (dead.what, dead.files, dead.bytes) == ("unpublished shards", 2, 2000) and 7 < dead.days < 7.2
    assert gone.line().startswith(f"{url}/gone: a withdrawn version, 4 files, 0.0 MB, unchanged for 0.0 days")
    assert by_name["newest"].kept == "latest.json names it"
    assert by_name["late"].kept.startswith("its readers have time until 20")
    assert by_name[".building-held"].kept.startswith("in use by `")
    assert ".lock-held" not in by_name


def test_unfinished_work_is_kept_for_a_week(tmp_path: Path) -> None:
    found, _ = find_in_dataset(view(make_dataset(str(tmp_path))), ".building-young")
    assert [leftover.kept for leftover in found] == [
        "kept for 7 days, as a run may go on from it; --all takes it too"
    ]


def test_a_version_that_was_not_copied_whole_to_a_bucket_is_a_leftover(s3: S3Server, tmp_path: Path) -> None:
    url = make_dataset(s3.bucket("unfinished"))
    for place in (url, make_dataset(str(tmp_path))):
        make_copy(place, "0123456789ab")
        make_copy(place, "a-folder-of-others")
    found, others = find_in_dataset(view(url, everything=True))
    assert others == 2
    assert [one.name for one in found if one.what == "an unfinished version"] == ["0123456789ab"]
    # Locally, a version gets its name at once.
    assert find_in_dataset(view(str(tmp_path)))[1] == 3


def test_a_time_that_is_none_is_named(tmp_path: Path) -> None:
    url = make_dataset(str(tmp_path))
    write_history(url, [replace(entry("1.0.0", "gone"), gone="soon")])
    with pytest.raises(BadDocument, match=r"versions.json: expected the time from which gone is gone, got"):
        find_in_dataset(view(url))
