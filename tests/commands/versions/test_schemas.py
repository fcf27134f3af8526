"""Versions of earlier and later releases, in every command that opens a version."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from commands.main import app
from manifests.dataset import DATASET_INDEX, MANIFEST
from natocc.document import RELEASE
from tasks.build.options import BuildOptions
from tasks.build.version import build
from tasks.training.segmenter.feed.reading.index import index_source
from tests.earlier_version import make_schema_0, make_schema_1, make_schema_2, rewrite

KEY = "randocc-00000-000"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def version(bank_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schemas")
    fields = {"name": "tiny", "description": "One shard.", "size": 128, "repeats": 2}
    (folder / "tiny.yaml").write_text(
        yaml.safe_dump(fields | {"sets": [{"name": "randocc", "kind": "randocc"}]})
    )
    options = BuildOptions(recipe=str(folder / "tiny.yaml"), bank=bank_url, out=str(folder), workers=1)
    return Path(build(options).url)


@pytest.fixture()
def copy(version: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(version, tmp_path / "tiny" / version.name))


@pytest.mark.parametrize("schema", [0, 1, 2])
def test_a_version_of_an_earlier_release_is_read_by_all(
    schema: int, copy: Path, bank_url: str, tmp_path: Path
) -> None:
    (make_schema_0, make_schema_1, make_schema_2)[schema](copy)
    for place in (copy, copy.parent):
        described = json.loads(run("info", place, "--json").stdout)
        written = ("natocc-dataset/2", RELEASE) if schema else ("natocc-dataset/1", "")
        assert (described["format"], described["written_by"]) == written and described["warnings"] == []
        checked = run("verify", place, "--workers", 1)
        assert (checked.exit_code, checked.stderr) == (0, ""), checked.output
        assert run("preview", place, "--out", tmp_path / "sheet.png").exit_code == 0
        replayed = run("replay", place, KEY, "--bank", bank_url, "--out", tmp_path / "one")
        assert "equal to the stored bytes" in replayed.stdout
        samples = index_source(str(place), 0, 0).samples
        assert [one.key for one in samples if one.split == "train"] == [KEY, "randocc-00000-001"]


def commands(place: Path, bank: str, out: Path) -> list[tuple[object, ...]]:
    return [
        ("info", place),
        ("verify", place, "--workers", 1),
        ("preview", place, "--out", out / "sheet.png"),
        ("replay", place, KEY, "--bank", bank, "--out", out / "one"),
        ("train-segmenter", place, "--out", out / "trained", "--steps", 1),
    ]


def test_an_index_of_a_later_release_is_refused_by_all(copy: Path, bank_url: str, tmp_path: Path) -> None:
    fields = json.loads((copy / DATASET_INDEX).read_text())
    fields |= {"format": "natocc-dataset/3", "written_by": "natocc 9.1.0"}
    del fields["sha256"]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    fields["sha256"] = hashlib.sha256(text).hexdigest()
    (copy / DATASET_INDEX).write_text(json.dumps(fields, indent=1))
    for words in commands(copy, bank_url, tmp_path):
        refused = run(*words)
        assert refused.exit_code == 1, words
        assert "got natocc-dataset/3, written by natocc 9.1.0; use that release" in refused.stderr, words


@pytest.mark.parametrize("file", [DATASET_INDEX, "latest.json"])
def test_an_index_that_is_cut_short_is_named_by_all(
    file: str, copy: Path, version: Path, bank_url: str, tmp_path: Path
) -> None:
    shutil.copy(version.parent / "latest.json", copy.parent)
    path = copy / file if file == DATASET_INDEX else copy.parent / file
    path.write_bytes(path.read_bytes()[:40])
    for words in commands(copy.parent, bank_url, tmp_path):
        refused = run(*words)
        assert refused.exit_code == 1, words
        assert f"{path}: expected the JSON of natocc-" in refused.stderr, words
        assert ("natocc build" in refused.stderr and refused.exception is None) or isinstance(
            refused.exception, SystemExit
        )


def test_damaged_manifests_and_shards_are_named_by_all(copy: Path, bank_url: str, tmp_path: Path) -> None:
    for file in (MANIFEST, "train-randocc-000000.tar"):
        whole = (copy / file).read_bytes()
        (copy / file).write_bytes(whole[:-600])
        for words in commands(copy, bank_url, tmp_path)[1:4]:
            refused = run(*words)
            assert refused.exit_code == 1, words
            assert file in refused.stderr and isinstance(refused.exception, SystemExit), words
        (copy / file).write_bytes(whole)


def test_later_jsons_and_rows_are_refused(copy: Path, bank_url: str, tmp_path: Path) -> None:
    rewrite(copy, lambda fields: fields | {"schema": 4}, {"natocc.schema": "1"})
    replayed = run("replay", copy, KEY, "--bank", bank_url, "--out", tmp_path / "one")
    assert "expected a json of schema 3 or an earlier one, got 4 of a later release" in replayed.stderr
    checked = run("verify", copy, "--workers", 1)
    assert checked.exit_code == 1 and "got 4 of a later release" in checked.stderr
    rewrite(copy, lambda fields: fields | {"schema": 3}, {"natocc.schema": "3"})
    for words in commands(copy, bank_url, tmp_path)[1:4]:
        assert "expected rows of schema 2 or an earlier one, got 3 of a later release" in run(*words).stderr
