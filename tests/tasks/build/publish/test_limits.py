"""A build whose samples fail or are rejected: what is published, and what is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from commands.main import app
from manifests.dataset import LATEST, latest_version
from manifests.outcomes.tally import OutcomeTally
from manifests.recipe import load_recipe
from manifests.rows import Row, table_of
from natocc.codecs import encode_png
from tasks.build.publish.limits import NotFit, check_limits
from tests.manifests.inputs import row

RecipeFile = Callable[..., str]
ONE_SET = {"sets": [{"name": "randocc", "kind": "randocc"}], "samples_per_shard": 2}


def bank_with(source: str, folder: Path, *sound: bool) -> str:
    """The session's face as often as ``sound`` has values; a False one has an empty mask, which fails."""
    bank, writer = Bank(source), BankWriter(str(folder))
    (face,) = bank.entries("face")
    members = bank.read(face)
    empty = {"mask.png": encode_png(np.zeros((face.height, face.width), np.uint8))}
    for number, whole in enumerate(sound):
        entry = replace(face, id=f"{number:05d}", photo=str(number))
        writer.add(entry, members if whole else members | empty)
    for texture in bank.entries("texture"):
        writer.add(texture, bank.read(texture))
    writer.close(upscaler="lanczos")
    return str(folder)


def run(recipe: str, bank: str, out: Path, *options: object) -> Result:
    words = ["build", recipe, "--bank", bank, "--out", str(out), "--workers", "1", *map(str, options)]
    return CliRunner().invoke(app, words)


def test_a_build_of_which_all_fails_is_not_published(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    bank = bank_with(bank_url, tmp_path / "bank", False)
    result = run(recipe_file(**ONE_SET, repeats=4), bank, tmp_path / "out")
    assert result.exit_code == 1
    first, second = result.stderr.splitlines()
    assert first.startswith(
        "error: recipe > small > max_failed: expected at most 0.01 of 4 samples to fail, got 4 (4 failed: "
        "ValueError: "
    )
    assert (
        "; the first randocc-00000-000); nothing was published; fix the inputs or give --max-failed" in first
    )
    assert second.startswith(
        "error: recipe > small > sets > randocc: expected kept samples, got none of 4 (4 "
    )
    assert not (tmp_path / "out" / "small" / LATEST).exists()
    assert not [path for path in (tmp_path / "out/small").iterdir() if not path.name.startswith(".")]


def test_a_refused_build_is_built_again_once_its_inputs_are_fixed(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    recipe, out = recipe_file(**ONE_SET, repeats=1), tmp_path / "out"
    good = bank_with(bank_url, tmp_path / "good", True, True, True, True)
    bad = bank_with(bank_url, tmp_path / "bad", True, True, True, False)
    assert run(recipe, good, out).exit_code == 0
    before = latest_version(str(out / "small"))
    refused = run(recipe, bad, out)
    assert refused.exit_code == 1 and "got 1 (1 failed: ValueError" in refused.stderr
    assert latest_version(str(out / "small")) == before
    limited = run(recipe, bad, out, "--limit", 2, "--json")
    assert limited.exit_code == 0, "its first samples are sound"
    assert json.loads(limited.stdout)["samples_rendered"] == 0
    # All samples but the failed one are kept: by the same version, and by one with another limit.
    assert run(recipe, bad, out).exit_code == 1
    accepted = json.loads(run(recipe, bad, out, "--max-failed", 0.25, "--json").stdout)
    assert (accepted["samples_rendered"], accepted["shards_rendered"]) == (1, 1)
    assert accepted["counts"] == {"kept": 3, "rejected": 0, "failed": 1}


def test_many_rejects_are_a_warning_in_report_and_card(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    sets = [{"name": "hand", "kind": "hand"}, {"name": "plain", "kind": "none"}]
    recipe = recipe_file(sets=sets, repeats=6, hidden_ratio=[0.1, 0.25], profile="paper")
    result = run(recipe, bank_url, tmp_path / "out", "--json")
    report = json.loads(result.stdout)
    (warning,) = report["warnings"]
    rejected = report["counts_by_set"]["hand"]["rejected"]
    assert warning == (
        f"set hand: expected at most 0.3 of its samples rejected (max_rejected), got {rejected} of 6"
    )
    assert f"warning: {warning}" in result.stderr
    assert f"Warning: {warning}." in (Path(report["url"]) / "README.md").read_text("utf-8")
    again = run(recipe, bank_url, tmp_path / "out")
    assert "unchanged" in again.stdout and f"warning: {warning}" in again.stderr
    assert f"warning: {warning}" in CliRunner().invoke(app, ["info", report["url"]]).stdout
    quiet = run(recipe, bank_url, tmp_path / "out", "--max-rejected", 1, "--json")
    assert json.loads(quiet.stdout)["warnings"] == []


def test_the_commonest_reasons_come_first_with_their_counts(recipe_file: RecipeFile) -> None:
    failed = [row(n, verdict="failed", reason=f"ValueError: {'a' if n < 3 else n}") for n in range(10)]
    kept = [row(n) for n in range(10, 20)]
    recipe = load_recipe(recipe_file())
    with pytest.raises(NotFit) as caught:
        check_limits(recipe, tally_of([*kept, *failed]))
    (problem,) = caught.value.problems
    assert "got 10 (3 failed: ValueError: a, 1 failed: ValueError: 3, " in problem
    assert "3 of other reasons; the first hand-00000-000)" in problem
    check_limits(recipe.model_copy(update={"max_failed": 0.5}), tally_of([*kept, *failed]))


def tally_of(rows: Sequence[Row]) -> OutcomeTally:
    tally = OutcomeTally()
    tally.add(table_of(rows))
    return tally


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_the_limit_itself_is_permitted(recipe_file: RecipeFile, failures: int) -> None:
    rows = [row(number, verdict="failed" if number < failures else "kept") for number in range(100)]
    recipe = load_recipe(recipe_file())
    if failures < 2:
        check_limits(recipe, tally_of(rows))
    else:
        with pytest.raises(NotFit):
            check_limits(recipe, tally_of(rows))
