from __future__ import annotations

from pathlib import Path

from tests.commands.documented import documented, report_of
from tests.tasks.infer.checkpoints import checkpoint


def test_it_reports_the_files(tmp_path: Path) -> None:
    given = checkpoint(tmp_path, "pspnet-resnet18", classes=2)
    report = report_of("export-model", given, "--out", tmp_path / "out", "--format", "mmseg")
    assert report.keys() == set(documented()["export-model"][0])
    names = ["pspnet-resnet18.pth", "pspnet-resnet18.py", "README.md"]
    assert [Path(file).name for file in report["files"]] == names
    assert all(Path(file).is_file() for file in report["files"])
