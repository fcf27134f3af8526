from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from manifests.dataset import latest_version, read_dataset, read_manifest
from manifests.history import read_history
from shards.reader import read_shard
from shards.storage import list_names, write_bytes
from tasks.build.version import BuildReport
from tasks.errors import BuildStopped
from tasks.renew.upgrade import UpgradeOptions, upgrade_version
from tasks.verify.version import verify
from tests.earlier_version import make_schema_0, make_schema_1, make_schema_2, rewrite, schema_1
from tests.s3_server import S3Server

MAKERS = {0: make_schema_0, 1: make_schema_1, 2: make_schema_2}


@pytest.fixture()
def copy(built: BuildReport, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.url, tmp_path / "small" / Path(built.url).name))


def samples(folder: str) -> dict[str, dict[str, bytes]]:
    return {
        key: members for path in sorted(Path(folder).glob("*.tar")) for key, members in read_shard(str(path))
    }


def upgrade(url: Path | str) -> str:
    return upgrade_version(UpgradeOptions(url=str(url))).url


@pytest.mark.parametrize("schema", MAKERS)
def test_an_earlier_version_becomes_one_of_today_with_the_bytes_of_its_pictures(
    schema: int, copy: Path, built: BuildReport
) -> None:
    MAKERS[schema](copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    old = samples(str(copy))
    report = upgrade_version(UpgradeOptions(url=str(copy.parent)))
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before, "the old one stays"
    assert report.url != str(copy) and (report.number, report.latest) == ("1.0.1", True)
    # The oldest has most to be brought up to date.
    assert schema or verify(report.url).findings == ()
    new, today = samples(report.url), samples(built.url)
    assert [path.name for path in sorted(Path(report.url).glob("*.tar"))] == [
        path.name for path in sorted(Path(built.url).glob("*.tar"))
    ]
    for key, members in new.items():
        fields = json.loads(members.pop("json"))
        assert members == {name: data for name, data in old[key].items() if name != "json"}
        # The json is that of this release, but for the key.
        expected = json.loads(today[key]["json"])
        assert list(fields) == list(expected)
        assert fields | {"cache_key": ""} == expected | {"cache_key": ""}
    rows = read_manifest(report.url, read_dataset(report.url))
    assert len({row.cache_key for row in rows}) == len(rows)
    first, second = read_history(str(copy.parent))
    assert (second.change, second.after, second.instead_of) == ("repackaged", first.version, first.version)
    assert latest_version(str(copy.parent)) == second.version


def test_a_version_of_today_is_left_alone_and_a_second_run_changes_nothing(copy: Path) -> None:
    assert upgrade(copy) == str(copy) and len(list(copy.parent.iterdir())) == 1
    make_schema_1(copy)
    upgraded = Path(upgrade(copy))
    before = {path: path.stat().st_mtime_ns for path in copy.parent.rglob("*")}
    for url in (copy, upgraded):
        (copy.parent / f".lock-{upgraded.name}").touch()
        (copy.parent / ".lock-latest").touch()
        assert upgrade(url) == str(upgraded)
        assert not list(copy.parent.glob(".lock*")), "of a run that was killed at its end"
    assert {path: path.stat().st_mtime_ns for path in copy.parent.rglob("*")} == before


def test_what_a_killed_run_left_is_made_again(copy: Path) -> None:
    make_schema_1(copy)
    upgraded = Path(upgrade(copy))
    whole = {path.name: path.read_bytes() for path in upgraded.iterdir()}
    (upgraded / "dataset.json").unlink()
    left = copy.parent / f".building-{upgraded.name}"
    left.mkdir()
    (left / "train-hand_sot-000000.tar").write_bytes(b"cut")
    assert Path(upgrade(copy)) == upgraded and not left.exists()
    assert {path.name: path.read_bytes() for path in upgraded.iterdir()} == whole


def test_a_sample_that_lacks_a_field_is_refused_and_nothing_is_published(copy: Path) -> None:
    def without_reach(fields: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in schema_1(fields).items() if name != "reach_px"}

    change: Callable[[dict[str, object]], dict[str, object]] = without_reach
    rewrite(copy, change, {"natocc.schema": "1"})
    with pytest.raises(BuildStopped, match=r"json: expected fields reach_px, missing; its samples cannot be"):
        upgrade(copy)
    assert not [path for path in copy.parent.iterdir() if not path.name.startswith(".") and path != copy]


@pytest.mark.drill
def test_at_a_url_of_a_bucket(s3: S3Server, copy: Path) -> None:
    make_schema_1(copy)
    root = f"{s3.bucket('upgraded')}/small"
    for path in copy.parent.rglob("*"):
        if path.is_file():
            write_bytes(f"{root}/{path.relative_to(copy.parent)}", path.read_bytes())
    report = upgrade_version(UpgradeOptions(url=root))
    assert (report.number, report.latest) == ("1.0.1", True) and upgrade(root) == report.url
    assert verify(report.url).findings == ()
    assert not [name for name in list_names(root) if name.startswith(".building")]
