from __future__ import annotations

import os
from pathlib import Path

from shards.measure import storage_time
from shards.temporary import new_temporary
from tasks.garbage.collect import collect_garbage
from tasks.garbage.leftover import FolderView
from tasks.garbage.output import find_in_output
from tests.tasks.garbage.datasets import make_dataset


def test_a_file_of_a_dead_writer_beside_the_datasets_goes_and_one_of_a_live_one_stays(tmp_path: Path) -> None:
    make_dataset(str(tmp_path / "data"))
    handle, alive = new_temporary(tmp_path)
    (tmp_path / ".partial-dead").write_bytes(b"1")
    (tmp_path / ".partial-link").symlink_to("data/latest.json")
    report = collect_garbage(str(tmp_path), remove=True)
    assert ".partial-dead" in {leftover.name for leftover in report.garbage}
    assert [one.kept for one in report.kept if one.name == alive.name] == ["in use by another process"]
    assert {path.name for path in tmp_path.iterdir()} == {"data", alive.name, ".partial-link"}
    os.close(handle)
    found, others = find_in_output(
        FolderView(url=str(tmp_path), now=storage_time(str(tmp_path)), everything=False)
    )
    assert ([one.name for one in found], others) == ([alive.name], 0)


def test_other_storage_has_none() -> None:
    view = FolderView(url="memory://garbage-out", now=0, everything=True)
    assert find_in_output(view) == ([], 0)
