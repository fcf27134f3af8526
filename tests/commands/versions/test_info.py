from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from commands.main import app
from manifests.history import HISTORY
from tests.commands.documented import documented, report_of


def test_the_number_stands_beside_the_hash_and_of_a_dataset_all_versions_do(url: str) -> None:
    version, dataset = Path(url), Path(url).parent
    fields = documented()["info"][0]
    report = report_of("info", dataset)
    assert report.keys() == set(fields) and report["number"] == "1.0.0"
    assert [entry["version"] for entry in report["history"]] == [version.name]
    shown = CliRunner().invoke(app, ["info", str(dataset)]).stdout
    assert f"sample {version.name} (1.0.0): " in shown and "Versions of sample:" in shown
    assert f"first: {report['counts']['kept']} samples" in shown and "│ latest" in shown
    alone = CliRunner().invoke(app, ["info", url]).stdout
    assert f"sample {version.name} (1.0.0): " in alone and "Versions of sample:" not in alone


def test_an_unknown_version_offers_the_nearest_and_a_damaged_history_is_a_remark(url: str) -> None:
    version, history = Path(url), Path(url).parent / HISTORY
    unknown = CliRunner().invoke(app, ["info", f"{url[:-1]}x"])
    assert unknown.exit_code == 2 and f"did you mean {version.name}?" in unknown.stderr
    whole = history.read_bytes()
    history.write_bytes(whole[:50])
    try:
        shown = CliRunner().invoke(app, ["info", url])
    finally:
        history.write_bytes(whole)
    assert shown.exit_code == 0 and f"{history}: expected the JSON of natocc-versions/1" in shown.stderr
