from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands.main import app


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["preview", *arguments])
    return done.exit_code, done.output


def test_pairs_are_made_judged_and_scored(bank_url: str, tmp_path: Path) -> None:
    out = tmp_path / "pairs"
    made = run(
        *(
            bank_url,
            "--compare",
            "best-harmonise",
            "best",
            "--out",
            str(out),
            "-n",
            "2",
            "--kinds",
            "object,object",
        )
    )
    assert made == (0, f"{out}/judge.html\n{out}/sheet.png\n")
    key = json.loads((out / "key.json").read_text())
    answers = {name: "left" if pair["left"] == "best" else "right" for name, pair in key["pairs"].items()}
    (out / "answers.json").write_text(json.dumps(answers))
    code, text = run("--score", str(out / "answers.json"), "--key", str(out / "key.json"))
    assert code == 0
    assert text.splitlines()[0] == (
        "all: best 2, best-harmonise 0, no preference 0; "
        "best preferred in 100 % of 2 decided (95 % interval 34–100 %)"
    )


def test_a_sheet_of_a_bank_as_before(bank_url: str, tmp_path: Path) -> None:
    out = str(tmp_path / "bank.png")
    assert run(bank_url, "--out", out) == (0, f"{out}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "x.png"], "URL: expected a version, dataset or bank, got none"),
        (["s3://bank"], "--out: expected a file or folder to write, got none"),
        (
            ["s3://bank", "--out", "x.gif"],
            "--out: expected a name that ends in .png, .jpg, .jpeg, .webp, got",
        ),
        (
            ["s3://bank", "--out", "x.png", "--plain"],
            "--plain: expected --compare RENDITION RENDITION with it, got none",
        ),
        (
            ["--score", "s3://answers.json"],
            "--score: expected --key with the comparison's key.json, got none",
        ),
        (["s3://bank", "--out", "x", "--compare", "code", "beast"], "rendition 'beast': expected code"),
        (
            ["s3://b", "--out", "x", "--compare", "code", "best", "--kinds", "hand", "--kinds", "object,cat"],
            "got cat",
        ),
        (["s3://b", "--out", "x", "--compare", "code", "best", "--kinds", ","], "--kinds: expected some of"),
        (["bank", "--out", "x", "--compare", "code", "best"], "URL: expected a bank (bank.json in it)"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = run(*arguments)
    assert code == 2 and message in text and len(text.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_missing_answers_and_their_missing_key_come_together() -> None:
    code, text = run("--score", "no.json", "--key", "none.json")
    assert (code, text.splitlines()) == (
        2,
        [
            "error: --score: expected the answers of a comparison, got no file at no.json",
            "error: --key: expected a comparison's key.json, got no file at none.json",
        ],
    )


@pytest.mark.parametrize(
    ("ending", "start"), [("png", b"\x89PNG"), ("jpg", b"\xff\xd8"), ("JPEG", b"\xff\xd8"), ("webp", b"RIFF")]
)
def test_the_ending_gives_the_format(bank_url: str, tmp_path: Path, ending: str, start: bytes) -> None:
    out = tmp_path / f"sheet.{ending}"
    assert run(bank_url, "--out", str(out), "--limit", "1")[0] == 0
    assert out.read_bytes().startswith(start)


def test_fewer_pairs_than_kinds_are_found_before_the_work(bank_url: str, tmp_path: Path) -> None:
    words = ("preview", bank_url, "--compare", "code", "best", "--limit", "2", "--out", str(tmp_path / "new"))
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "--limit: expected at least 1 pair of each of 3 kinds, got 2" in result.output
