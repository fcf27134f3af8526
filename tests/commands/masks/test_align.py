from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from commands.main import app
from tests.commands.documented import documented, report_of
from tests.raw_trees import encoded, portrait, table, write
from tests.tasks.test_align_faces import POINTS


def test_it_reports_crops_and_ends_with_1_for_a_missing_photograph(tmp_path: Path) -> None:
    write(tmp_path / "photos/a.jpg", encoded(portrait()))
    rows = [{"file": "a.jpg"} | POINTS, {"file": "b.jpg"} | POINTS]
    points = write(tmp_path / "points.csv", table(rows[:1], list(rows[0])))
    words = ["align", tmp_path / "photos", "--points", points, "--side", 64]
    report = report_of(*words, "--out", tmp_path / "own")
    assert report.keys() == set(documented()["align"][0])
    assert report["faces"] == [{"file": "img/a.jpg", "scale": 0.4, "beyond": report["faces"][0]["beyond"]}]
    write(points, table(rows, list(rows[0])))
    done = CliRunner().invoke(app, [*map(str, words), "--out", str(tmp_path / "other")])
    assert done.exit_code == 1 and "b.jpg: expected a photograph, got" in done.stderr
    assert (tmp_path / "other/img/a.jpg").is_file()
