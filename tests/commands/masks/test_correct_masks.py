from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import models.optional_packages
from commands.main import app
from tests.scored_faces import scored_bank


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["correct-masks", *arguments])
    return done.exit_code, done.output


def test_it_prints_the_first_faces_and_where_the_queue_is(tmp_path: Path) -> None:
    bank, out = scored_bank(str(tmp_path / "bank")), tmp_path / "out"
    code, text = run("--bank", bank, "--out", str(out))
    assert code == 0, text
    assert text.index("wide_mask") < text.index("patch_on_it") < text.index("true_face")
    assert text.splitlines()[-3:] == [
        "3 faces, the first 3 shown",
        f"{out}/queue.parquet",
        f"{out}/queue.png",
    ]
    assert (out / "queue.parquet").is_file() and (out / "queue.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bank", "none", "--out", "x"], "--bank: expected a bank (bank.json in it), got none at none"),
        (
            ["--bank", "none", "--out", "x", "--raw", "nowhere"],
            "--raw: expected a folder of datasets, got none at nowhere",
        ),
        (["--bank", "s3://b", "--out", "x", "-n", "0"], "--limit: expected at least 1, got 0"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = run(*arguments)
    assert code == 2 and message in text and len(text.splitlines()) == 1


def test_a_segmenter_needs_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        models.optional_packages, "find_spec", lambda name: None if name == "torch" else object()
    )
    checkpoint = tmp_path / "segmenter.pt"
    checkpoint.touch()
    code, text = run("--bank", "s3://bank", "--out", str(tmp_path), "--checkpoint", str(checkpoint))
    assert code == 1
    assert text.startswith(
        "error: natocc correct-masks --checkpoint: expected the packages of the extra networks"
    )
