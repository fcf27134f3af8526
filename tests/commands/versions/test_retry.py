from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.main import app
from tests.commands.documented import documented
from tests.tasks.renew.failed import REASON, fail_again, fail_samples

KEY = "object-00000-000"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words)])


def test_a_retry_is_reported_and_one_in_vain_is_code_1(
    url: str, bank_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(url).parent, tmp_path / "sample")
    version = tmp_path / "sample" / Path(url).name
    nothing = run("retry", version, "--bank", bank_url)
    assert (nothing.exit_code, nothing.stderr) == (0, "")
    assert nothing.stdout == f"{version}: no sample failed; nothing to retry\n"
    fail_samples(version, KEY)
    fail_again(monkeypatch, KEY)
    vain = run("retry", version, "--bank", bank_url)
    assert vain.exit_code == 1 and f"{KEY}: fails still: {REASON}\n" in vain.stderr
    assert "of 1 failed sample, none could be made; nothing was published" in vain.stderr
    fail_again(monkeypatch)
    report = json.loads(run("retry", version, "--bank", bank_url, "--json").stdout)
    assert report.keys() == set(documented()["retry"][0])
    assert (report["number"], report["made"], report["latest"]) == ("1.1.0", 1, True)
    shown = run("info", tmp_path / "sample").stdout
    assert "1 added" in shown and "instead of 1.0.0" in shown and "replaced by 1.1.0" in shown


def test_an_unknown_version_and_a_bank_are_one_line_each(url: str, bank_url: str) -> None:
    unknown = run("retry", f"{url[:-2]}zz", "--bank", bank_url)
    assert unknown.exit_code == 2 and f"did you mean {Path(url).name}?" in unknown.stderr
    bank = run("retry", bank_url, "--bank", bank_url)
    assert bank.exit_code == 2 and f"got a bank at {bank_url}; " in bank.stderr
