"""Rebuilds after a change of the bank: only samples that the change concerns are rendered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from manifests.dataset import read_dataset, read_manifest
from manifests.rows import Row
from tasks.build.expand import SetPlan
from tasks.build.options import BuildOptions
from tasks.build.version import BuildReport, build
from tests.tasks.build.test_version import files_of

RecipeFile = Callable[..., str]
FACES, TEXTURES = 5, 3


def write(source: str, folder: Path, faces: int = FACES, textures: int = TEXTURES) -> str:
    """The session's first face and texture, each several times under other ids."""
    bank, writer = Bank(source), BankWriter(str(folder))
    for kind, count in (("face", faces), ("texture", textures)):
        first = bank.entries(kind)[0]
        for number in range(count):
            name = f"{number:05d}"
            writer.add(replace(first, id=name, photo=f"{kind}-{name}"), bank.read(first))
    writer.close(upscaler="lanczos")
    return str(folder)


@pytest.fixture
def options(bank_url: str, recipe_file: RecipeFile, tmp_path: Path) -> BuildOptions:
    sets = [{"name": "randocc", "kind": "randocc"}]
    recipe = recipe_file(sets=sets, repeats=4, samples_per_shard=8)
    bank = write(bank_url, tmp_path / "bank")
    return BuildOptions(recipe=recipe, bank=bank, out=str(tmp_path / "out"), workers=1)


@pytest.fixture
def before(options: BuildOptions) -> BuildReport:
    return build(options)


def rows_of(report: BuildReport) -> list[Row]:
    return read_manifest(report.url, read_dataset(report.url))


def rebuilt(options: BuildOptions, bank: str, tmp_path: Path) -> BuildReport:
    """The build of another bank beside the earlier version; its files equal those of a fresh build."""
    report = build(options.replaced(bank=bank))
    assert files_of(report.url) == files_of(
        build(options.replaced(bank=bank, out=str(tmp_path / "fresh"))).url
    )
    return report


def test_an_occluder_more_renders_the_samples_that_take_it(
    options: BuildOptions, before: BuildReport, bank_url: str, tmp_path: Path
) -> None:
    report = rebuilt(options, write(bank_url, tmp_path / "more", textures=TEXTURES + 1), tmp_path)
    taken = [row for row in rows_of(report) if row.occluder_id == f"{TEXTURES:05d}"]
    assert 0 < len(taken) == report.samples_rendered < len(rows_of(before))
    assert {row.key: row.occluder_id for row in rows_of(report) if row not in taken}.items() <= {
        row.key: row.occluder_id for row in rows_of(before)
    }.items()


def test_a_face_less_renders_nothing(
    options: BuildOptions, before: BuildReport, bank_url: str, tmp_path: Path
) -> None:
    report = rebuilt(options, write(bank_url, tmp_path / "less", faces=FACES - 1), tmp_path)
    assert report.samples_rendered == 0 and len(rows_of(report)) == 4 * (FACES - 1)
    assert report.samples_copied > 0


def test_shards_without_a_change_are_links(
    options: BuildOptions, before: BuildReport, bank_url: str, tmp_path: Path
) -> None:
    report = rebuilt(options, write(bank_url, tmp_path / "more", faces=FACES + 1), tmp_path)
    old = {path.stat().st_ino for path in Path(before.url).glob("*.tar")}
    linked = [path for path in Path(report.url).glob("*.tar") if path.stat().st_ino in old]
    assert len(linked) == report.reused > 0 and report.samples_rendered == 4


def test_samples_of_a_damaged_shard_are_rendered_again(
    options: BuildOptions, before: BuildReport, bank_url: str, tmp_path: Path
) -> None:
    for path in Path(before.url).glob("*.tar"):
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    report = rebuilt(options, write(bank_url, tmp_path / "less", faces=FACES - 1), tmp_path)
    assert report.samples_copied == 0 and report.warnings
    assert all("rendered again" in line for line in report.warnings)


def test_an_unchanged_version_plans_no_shard(
    options: BuildOptions, before: BuildReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def planned(plan: SetPlan) -> None:
        pytest.fail("planned shards")

    monkeypatch.setattr(SetPlan, "shards", property(planned))
    assert build(options).unchanged
