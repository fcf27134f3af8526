from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from commands.main import app
from tests.commands.documented import documented, report_of
from tests.tasks.garbage.datasets import KEPT, LEFT_OVER, files_in, make_dataset


def test_leftovers_are_listed_then_removed(tmp_path: Path) -> None:
    url = make_dataset(str(tmp_path))
    report = report_of("gc", url)
    assert [set(fields) for fields in documented()["gc"]] == [report.keys()]
    lines = CliRunner().invoke(app, ["gc", url]).stdout.splitlines()
    assert lines[-2:] == [
        f"{url}: 4 leftovers, 0.0 MB; --remove removes them",
        "1 name of others left alone",
    ]
    assert sum(line.startswith("garbage: ") for line in lines) == 4
    assert files_in(tmp_path) == KEPT | LEFT_OVER
    assert CliRunner().invoke(app, ["gc", url, "--remove"]).stdout.count("\nremoved: ") == 4
    assert files_in(tmp_path) == KEPT


def test_a_folder_of_another_kind_is_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["gc", str(tmp_path), "--remove"])
    assert done.exit_code == 1 and done.stderr.startswith(f"error: {tmp_path}: expected a dataset")
