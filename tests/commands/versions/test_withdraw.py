from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.bank.reader import Bank
from commands.main import app
from tasks.prepare.options import PrepareOptions
from tests.bank_entries import write_index
from tests.commands.documented import documented, report_of


@pytest.fixture
def words(url: str, bank_url: str, tmp_path: Path) -> list[str]:
    """The command's options over copies, and a raw folder without a face, as entries of this bank have no files."""
    dataset = shutil.copytree(Path(url).parent, tmp_path / "sample")
    bank = Path(shutil.copytree(bank_url, tmp_path / "bank"))
    for folder in ("CelebA-HQ-img", "CelebAMask-HQ-mask-anno"):
        (tmp_path / "raw/CelebAMask-HQ" / folder).mkdir(parents=True)
    # Without masks, so that it gives no face.
    (tmp_path / "raw/CelebAMask-HQ/CelebA-HQ-img/0.jpg").touch()
    write_index(bank, options=PrepareOptions().model_dump())
    return [str(dataset), "--raw", str(tmp_path / "raw"), "--bank", str(bank)]


def test_an_unused_input_is_banned_and_its_report_is_documented(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "raw/spare.jpg").write_bytes(b"spare")
    before = sorted(path.name for path in (tmp_path / "sample").iterdir())
    for dry in (["--dry-run"], []):
        report = report_of("withdraw", "spare.jpg", *words, *dry)
        assert report.keys() == set(documented()["withdraw"][0])
        assert (report["roles"], report["samples"], report["replaced"]) == (["file"], {}, [])
        assert report["banned"] == (0 if dry else 2)
        assert (tmp_path / "raw/withdrawn.csv").exists() is not bool(dry)
    after = sorted(path.name for path in (tmp_path / "sample").iterdir())
    assert after == sorted([*before, "withdrawn.json"])


def test_what_a_withdrawal_means_is_printed_first(words: list[str], bank_url: str) -> None:
    (hand,) = Bank(bank_url).entries("hand")
    shown = CliRunner().invoke(app, ["withdraw", hand.id, *words, "--dry-run", "--everywhere"])
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0] == f"{hand.id}: hand; withdrawn with it: 1 hand"
    assert any("built again; removed later" in line for line in lines[1:]), shown.output


def test_without_a_raw_folder_it_is_refused_with_the_reason(words: list[str]) -> None:
    shown = CliRunner().invoke(app, ["withdraw", "00000", words[0], *words[3:]])
    assert shown.exit_code == 2 and "the ban is kept there, in withdrawn.csv" in shown.stderr
