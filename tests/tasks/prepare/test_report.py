from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from assets.problems import Problem
from tasks.prepare.report import PrepareReport, count_entries
from tests.tasks.prepare.test_write import entry


def test_faces_are_counted_by_split_and_occluders_by_kind(tmp_path: Path) -> None:
    writer = BankWriter(str(tmp_path))
    rows = [entry("a"), replace(entry("b"), split="test"), replace(entry("c"), category="corrected")]
    rows += [replace(entry("d"), kind="hand"), replace(entry("e"), kind="texture")]
    rows += [
        replace(entry("f"), kind="hand", split="excluded"),
        replace(entry("g"), kind="hand", split="test"),
    ]
    for row in rows:
        writer.add(row, {"json": b"{}"})
    writer.close(evaluation={"faces": 7, "datasets": {}})
    assert count_entries(Bank(str(tmp_path))) == {
        "train faces": 2,
        "test faces": 1,
        "corrected masks": 1,
        "objects": 0,
        "hands": 2,
        "excluded hands": 1,
        "textures": 1,
        "occluded faces": 7,
    }


def test_conversions_are_no_refusals() -> None:
    problem = Problem(path="a.jpg", expected="one", got="another")
    report = PrepareReport(
        bank="",
        counts={},
        problems=(problem, replace(problem, action="converted"), problem),
        skipped={},
        absent=(),
        moved_to_test=0,
        unchanged=False,
        shards_made=0,
        shards_kept=0,
        upscaled={},
    )
    assert report.refused == 2
