from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from manifests.dataset import MANIFEST, read_dataset, read_manifest
from manifests.restore import described_dataset
from shards.lock import InUse, lock
from shards.storage import sha256_of
from tasks.build.reuse import STAGING
from tasks.build.version import BuildReport
from tasks.errors import BuildStopped
from tasks.verify.version import verify
from tasks.withdraw.without import name_without, publish_without
from tests.earlier_version import rewrite, schema_2


@pytest.fixture
def folder(built: BuildReport, tmp_path: Path) -> Path:
    """A copy of the session's dataset, with three sets of eight samples, four a shard."""
    return Path(shutil.copytree(Path(built.url).parent, tmp_path / "small"))


def publish(folder: Path, built: BuildReport, keys: set[str], *, wait: bool = False) -> str | None:
    dataset = read_dataset(str(folder / built.dataset.version))
    rows = read_manifest(str(folder / built.dataset.version), dataset)
    return publish_without(str(folder), dataset, rows, keys, wait=wait)


def keys_of(built: BuildReport, place: slice, shard: str = "train-object-000000.tar") -> set[str]:
    rows = [row for row in read_manifest(built.url, built.dataset) if row.shard == shard]
    return {row.key for row in rows[place]}


def test_samples_are_dropped_members_copied_and_other_shards_linked(folder: Path, built: BuildReport) -> None:
    keys = keys_of(built, slice(1, 3))
    name = publish(folder, built, keys)
    assert name == name_without(built.dataset.version, keys)
    old, new = folder / built.dataset.version, folder / str(name)
    dataset = read_dataset(str(new))
    assert verify(str(new)).findings == () and dataset.instead_of == built.dataset.version
    rows = read_manifest(built.url, built.dataset)
    assert read_manifest(str(new), dataset) == [row for row in rows if row.key not in keys]
    assert sum(dataset.counts.values()) == sum(built.dataset.counts.values()) - 2
    assert dataset.left_out["withdrawn"] == {"object": 2}
    linked = [path.name for path in new.glob("*.tar") if path.samefile(old / path.name)]
    assert sorted(linked) == sorted({path.name for path in old.glob("*.tar")} - {"train-object-000000.tar"})
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []
    # dataset.json can be made again from the manifest, as that of a build.
    assert described_dataset(str(new)) is not None


def test_it_is_made_once_and_again_after_a_kill(folder: Path, built: BuildReport) -> None:
    keys = keys_of(built, slice(0, 1))
    name = str(publish(folder, built, keys))
    before = {path.name: sha256_of(str(path)) for path in (folder / name).iterdir()}
    (folder / built.dataset.version / "train-object-000000.tar").unlink()
    assert publish(folder, built, keys) == name, "nothing is read for a finished version"
    shutil.copytree(Path(built.url), folder / built.dataset.version, dirs_exist_ok=True)
    (folder / name).rename(folder / f"{STAGING}{name}")
    (folder / f"{STAGING}{name}" / MANIFEST).unlink()
    assert publish(folder, built, keys) == name
    assert {path.name: sha256_of(str(path)) for path in (folder / name).iterdir()} == before


def test_shards_without_a_row_and_versions_without_a_shard_are_left_out(
    folder: Path, built: BuildReport
) -> None:
    name = publish(folder, built, keys_of(built, slice(None)))
    assert not (folder / str(name) / "train-object-000000.tar").exists()
    assert verify(str(folder / str(name))).findings == ()
    rows = read_manifest(built.url, built.dataset)
    before = sorted(folder.iterdir())
    assert publish(folder, built, {row.key for row in rows}) is None and sorted(folder.iterdir()) == before


def test_a_version_of_an_earlier_schema_is_written_as_one_of_this_release(
    folder: Path, built: BuildReport
) -> None:
    rewrite(folder / built.dataset.version, schema_2, {"natocc.schema": "1"})
    name = publish(folder, built, keys_of(built, slice(0, 1)))
    assert verify(str(folder / str(name))).findings == ()


def test_damage_another_folder_in_its_place_and_another_run_stop_it(folder: Path, built: BuildReport) -> None:
    keys = keys_of(built, slice(0, 1))
    name = name_without(built.dataset.version, keys)
    with lock(str(folder), name=f".lock-{name}"), pytest.raises(InUse):
        publish(folder, built, keys)
    (folder / name).mkdir()
    (folder / name / "mine.txt").write_text("mine")
    with pytest.raises(BuildStopped, match=r"expected a version or nothing, got mine\.txt in it"):
        publish(folder, built, keys)
    (folder / name / "mine.txt").unlink()
    shard = folder / built.dataset.version / "train-object-000000.tar"
    data = shard.read_bytes()
    shard.unlink()
    shard.write_bytes(data[:-1] + b"\1")
    with pytest.raises(BuildStopped, match="expected the shard that the index lists, got other bytes"):
        publish(folder, built, keys)
    assert not (folder / name / "dataset.json").exists()
