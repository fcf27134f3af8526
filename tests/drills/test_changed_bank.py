"""A bank that is replaced or damaged while a build's command renders from it: ``make drills``."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from tests.bank_entries import flip_bit
from tests.drills.test_interrupted import build, contents, finished, wait_for_shards
from tests.drills.test_interrupted import recipe as recipe
from tests.tasks.render.shards import bank_with

pytestmark = pytest.mark.drill


def prepared_again(bank: Path, source: str) -> None:
    bank_with(Bank(source), bank, {"face": {"mask.png": b"another"}})


def prepared_again_with_equal_content(bank: Path, source: str) -> None:
    bank_with(Bank(source), bank, {})


def removed(bank: Path, source: str) -> None:
    shutil.rmtree(bank)


def damaged(bank: Path, source: str) -> None:
    face = Bank(source).entries("face")[0]
    flip_bit(bank / face.shard, face.members["jpg"].offset + 1000)


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        (prepared_again, "prepared again"),
        (
            removed,
            "the bank was removed or is being prepared again: when it is complete, run the same command again",
        ),
        (damaged, "it is damaged: copy the bank again, or repair it with `natocc prepare --raw DIR --bank "),
        (prepared_again_with_equal_content, ""),
    ],
)
def test_a_build_ends_with_the_planned_bank_or_with_one_line(
    change: Callable[[Path, str], None], advice: str, recipe: str, bank_url: str, tmp_path: Path
) -> None:
    bank, out = tmp_path / "bank", tmp_path / "out"
    shutil.copytree(bank_url, bank)
    run = subprocess.Popen(build(recipe, str(bank), out), stderr=subprocess.PIPE, text=True)
    wait_for_shards(out, 2)
    change(bank, bank_url)
    _, stderr = run.communicate(timeout=120)
    if advice:
        (error,) = [line for line in stderr.splitlines() if line.startswith("error")]
        assert run.returncode == 1 and advice in error and "Traceback" not in stderr
        assert not list(out.glob("drill/*/dataset.json"))
        return
    assert run.returncode == 0, stderr
    calm = tmp_path / "calm"
    assert finished(build(recipe, bank_url, calm)).returncode == 0
    assert contents(out) == contents(calm)
