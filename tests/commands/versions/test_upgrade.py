from __future__ import annotations

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner, Result

from commands.main import app
from tests.commands.documented import documented
from tests.earlier_version import make_schema_0


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words)])


def test_an_earlier_version_is_upgraded_and_a_current_one_is_up_to_date(url: str, tmp_path: Path) -> None:
    version = Path(shutil.copytree(url, tmp_path / "sample" / Path(url).name))
    current = run("upgrade", version)
    assert (current.exit_code, current.stdout) == (0, f"{version}: up to date\n")
    make_schema_0(version)
    report = json.loads(run("upgrade", version.parent, "--json").stdout)
    assert report.keys() == set(documented()["upgrade"][0])
    assert report["upgraded"] == ["dataset.json", "manifest.parquet", "names of shards", "json"]
    shown = run("upgrade", version).stdout
    assert "version 1.0.1, instead of" in shown and "latest.json" not in shown


def test_a_bank_of_an_earlier_schema_is_prepared_again(bank_url: str, tmp_path: Path) -> None:
    assert run("upgrade", bank_url).stdout == f"{bank_url}: up to date\n"
    fields = {"format": "natocc-bank/1", "counts": {}, "files": {}}
    (tmp_path / "bank.json").write_text(json.dumps(fields, indent=1))
    refused = run("upgrade", tmp_path)
    assert refused.exit_code == 1 and "got natocc-bank/1 of an earlier release; bring it up" in refused.stderr
    assert f"`natocc prepare --raw DIR --bank {tmp_path}`" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bank.json"]
