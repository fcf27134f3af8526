from __future__ import annotations

import os
import shutil
from pathlib import Path

from manifests.dataset import DATASET_INDEX
from manifests.history import HISTORY, stand_in
from tasks.history.describe import describe_history
from tasks.history.record import record_version
from tests.manifests.inputs import row
from tests.tasks.history.versions import put


def test_each_version_is_a_line_with_its_number_day_and_change(tmp_path: Path) -> None:
    root, rows = str(tmp_path / "small"), [row(0), row(1)]
    for version, kept, instead_of in (
        ("aaaa", rows, None),
        ("bbbb", [row(0, cache_key="e" * 64), row(2)], None),
        ("cccc", rows[::-1], "aaaa"),
    ):
        record_version(root, put(root, version, kept, instead_of=instead_of))
        os.utime(Path(root, version, DATASET_INDEX), (86400, 86400))
    stand_in(root, "aaaa", None, "2026-01-01T00:00:00+00:00")
    shutil.rmtree(Path(root, "bbbb"))
    described = describe_history(root, "cccc")
    assert [list(line.values()) for line in described.rows()] == [
        [
            *("1.0.0", "aaaa", "1970-01-02", "first: 2 samples"),
            "replaced by 1.0.1; may be removed after 2026-01-01T00:00:00+00:00",
        ],
        ["2.0.0", "bbbb", "", "1 added, 1 edited, 1 removed", ""],
        [
            *("1.0.1", "cccc", "1970-01-02", "the same samples, packaged otherwise"),
            "latest; instead of 1.0.0",
        ],
    ]
    assert described.number == "1.0.1" and describe_history(root, "ffff").number is None
    assert described.fields()[0]["added"] == 2 and described.fields()[0]["date"] == "1970-01-02"


def test_without_a_history_there_is_no_line_and_a_damaged_one_is_said(tmp_path: Path) -> None:
    assert describe_history(str(tmp_path), "aaaa").rows() == []
    (tmp_path / HISTORY).write_text("{")
    assert "versions.json: expected the JSON of" in describe_history(str(tmp_path), "aaaa").problem
