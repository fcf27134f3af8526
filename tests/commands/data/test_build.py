"""What the terminal says: wording is an interface."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from commands.main import app
from tasks.build import expand


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture()
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    sets = [
        {"name": "randocc", "kind": "randocc"},
        {"name": "held", "kind": "hand", "split": "test", "optional": True},
    ]
    fields = {"name": "tiny", "description": "Two shards.", "size": 128, "repeats": 4, "samples_per_shard": 2}
    path.write_text(yaml.safe_dump(fields | {"sets": sets}))
    return path


def test_build_then_unchanged_then_verify_info_preview_replay(
    recipe: Path, bank_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    first = run("build", recipe, "--bank", bank_url, "--out", out, "--workers", 1)
    assert first.exit_code == 0, first.output
    assert "4 kept, 0 rejected, 0 failed; 2 shards rendered, 0 reused" in first.stdout
    assert "left out: set held, which is optional: expected faces in its split, got none" in first.stdout
    again = run("build", recipe, "--bank", bank_url, "--out", out)
    assert again.exit_code == 0 and "unchanged: " in again.stdout

    checked = run("verify", out / "tiny", "--workers", 1)
    assert checked.exit_code == 0
    assert "4 samples in 2 shards, all as they should be" in checked.stdout
    shown = run("info", out / "tiny").stdout
    assert "4 kept, 0 rejected, 0 failed; 2 shards" in shown and "Two shards." in shown
    index = run("info", bank_url).stdout
    assert json.loads(index)["upscaler"] == "lanczos" and "\\n" not in index
    assert run("preview", out / "tiny", "--out", tmp_path / "sheet.png", "-n", 2).exit_code == 0
    assert (tmp_path / "sheet.png").stat().st_size > 10_000
    replayed = run("replay", out / "tiny", "randocc-00000-002", "--bank", bank_url, "--out", tmp_path / "one")
    assert "equal to the stored bytes" in replayed.stdout
    assert (tmp_path / "one" / "randocc-00000-002.jpg").is_file()

    (version,) = [path for path in (out / "tiny").iterdir() if path.is_dir()]
    (version / "README.md").write_text("changed")
    found = run("verify", out / "tiny", "--workers", 1)
    assert found.exit_code == 1
    assert "README.md: expected sha256" in found.stderr and "1 finding\n" in found.stdout

    monkeypatch.setattr(expand, "render_identity", lambda network=None, **more: "other code")
    kept = run("build", recipe, "--bank", bank_url, "--out", out, "--workers", 1, "--confirm-code", 1)
    assert "2 shards rendered (4 of their samples copied), 0 reused" in kept.stdout
    assert "confirmed: set randocc: 1 sample rendered again, all equal; those of code " in kept.stdout


def test_an_unknown_recipe_lists_the_known_ones(bank_url: str, tmp_path: Path) -> None:
    result = run("build", "c-everything", "--bank", bank_url, "--out", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == (
        "error: RECIPE: expected one of c-cm, c-original, c-wo, c-wo-mix, c-wo-mix-fast, c-wo-natocc, "
        "c-wo-natocc-fast, c-wo-natocc-sot, c-wo-natocc-sot-fast, c-wo-randocc, sample, study-mix, study-natocc, "
        "study-natocc-best, study-natocc-sot, study-randocc, study-test, study-wo or a YAML file, got 'c-everything'\n"
    )


def test_a_recipe_s_file_that_is_not_there_is_called_so(bank_url: str, tmp_path: Path) -> None:
    result = run("build", "nothere.yaml", "--bank", bank_url, "--out", tmp_path)
    assert result.exit_code == 2
    assert result.stderr.endswith("study-wo or a YAML file, got no such file 'nothere.yaml'\n")


def test_no_bank_says_how_to_make_one(tmp_path: Path) -> None:
    result = run("build", "sample", "--bank", tmp_path / "nowhere", "--out", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == (
        f"error: --bank: expected a bank (bank.json in it), got none at {tmp_path}/nowhere; "
        "make one with `natocc prepare --raw DIR --bank URL`\n"
    )


def test_limit_zero(recipe: Path, bank_url: str, tmp_path: Path) -> None:
    result = run("build", recipe, "--bank", bank_url, "--out", tmp_path, "--limit", 0)
    assert result.exit_code == 2
    assert result.stderr == "error: --limit: expected at least 1, got 0\n"


def test_an_output_that_is_a_file(recipe: Path, bank_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = run("build", recipe, "--bank", bank_url, "--out", tmp_path / "file")
    assert result.exit_code == 2
    assert result.stderr == (f"error: --out: expected a folder or a new name, got the file {tmp_path}/file\n")


def test_all_that_is_wrong_comes_in_one_round(tmp_path: Path) -> None:
    result = run("build", "nope", "--bank", tmp_path, "--limit", "few", "--workers", 0)
    assert result.exit_code == 2
    assert [line.partition(": expected")[0] for line in result.stderr.splitlines()] == [
        *("error: --out", "error: --workers", "error: --limit", "error: RECIPE", "error: --bank"),
    ]


@pytest.mark.parametrize("command", ["verify", "info"])
def test_no_version_there(command: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    result = run(command, tmp_path)
    assert result.exit_code == 2
    assert result.stderr == (
        "error: URL: expected a bank (bank.json in it), a version (dataset.json in it) or a dataset "
        f"(latest.json), got a folder with notes.txt at {tmp_path}; give the path that `natocc build` printed\n"
    )
