from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from manifests.dataset import DATASET_INDEX
from shards import storage
from shards.lock import LOCK_FILE, lock, lock_if_free
from tasks.build.lock import lock_version
from tasks.garbage import collect as collecting
from tasks.garbage.collect import collect_garbage
from tests.bank_entries import write
from tests.s3_server import S3Server
from tests.tasks.garbage.datasets import KEPT, LEFT_OVER, files_in, make_dataset


def test_nothing_is_touched_unless_that_is_asked_for(tmp_path: Path) -> None:
    url = make_dataset(str(tmp_path / "data"))
    report = collect_garbage(url)
    assert files_in(tmp_path / "data") == KEPT | LEFT_OVER
    assert not report.removed and report.bytes == 1000 * len(LEFT_OVER)


def test_leftovers_go_and_versions_stay(tmp_path: Path) -> None:
    url = make_dataset(str(tmp_path / "out" / "data"))
    write(tmp_path / "out" / "bank", ["a"])
    (tmp_path / "out" / "notes.txt").touch()
    report = collect_garbage(str(tmp_path / "out"), remove=True)
    assert files_in(Path(url)) == KEPT
    assert not (Path(url) / "gone").exists() and (tmp_path / "out" / "bank" / "bank.json").exists()
    assert report.bytes == 1000 * len(LEFT_OVER) and report.left_alone == 2
    assert {leftover.name for leftover in report.kept} == {".building-young", "late", "newest"}
    assert collect_garbage(url, remove=True, everything=True).garbage[0].name == ".building-young"
    assert collect_garbage(url, everything=True).garbage == ()


def test_leftovers_in_a_bucket_go_but_for_those_in_use(s3: S3Server) -> None:
    url = make_dataset(f"{s3.bucket('garbage')}/data")
    with lock_version(url, "gone", wait=False):
        report = collect_garbage(url, remove=True, everything=True)
        names = {name.removeprefix("data/") for name in s3.sizes("garbage")}
    in_use = {name for name in LEFT_OVER if name.startswith("gone/")}
    assert names == KEPT - {".building-young/rows/a.json"} | in_use | {".lock-gone"}
    (gone,) = (leftover for leftover in report.kept if leftover.name == "gone")
    assert gone.kept.startswith("in use by `") and f"(process {os.getpid()} on " in gone.kept
    collect_garbage(url, remove=True)
    assert {name.removeprefix("data/") for name in s3.sizes("garbage")} == names - in_use - {".lock-gone"}


def test_what_a_run_takes_before_it_is_removed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = make_dataset(str(tmp_path))

    def begin_a_build(folder: str, name: str) -> object:
        # Between the look and the removal.
        if name == ".lock-dead":
            running.__enter__()
        return lock_if_free(folder, name)

    running = lock(url, name=".lock-dead")
    monkeypatch.setattr(collecting, "lock_if_free", begin_a_build)
    report = collect_garbage(url, remove=True)
    running.__exit__(None, None, None)
    assert (tmp_path / ".building-dead" / "a.tar").exists()
    (dead,) = (leftover for leftover in report.kept if leftover.name == ".building-dead")
    assert dead.kept.startswith("in use by `")


def test_what_was_published_before_it_is_removed_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from manifests.history import read_history, write_history

    url = make_dataset(str(tmp_path))

    def build_again(folder: str, name: str) -> object:
        write_history(url, [one for one in read_history(url) if one.version != "gone"])
        return lock_if_free(folder, name)

    monkeypatch.setattr(collecting, "lock_if_free", build_again)
    report = collect_garbage(url, remove=True)
    assert (tmp_path / "gone" / DATASET_INDEX).exists()
    assert "gone" not in {leftover.name for leftover in (*report.garbage, *report.kept)}


def test_a_removal_that_is_killed_leaves_no_half_version_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink, left = os.unlink, 0
    whole = {name for name in LEFT_OVER if name.startswith("gone/")}

    def killed(path: str, **given: object) -> None:
        nonlocal left
        # A process that is killed lets its lock go.
        if LOCK_FILE not in str(path):
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
        unlink(path, **given)  # type: ignore[arg-type]

    for stop in range(40):
        folder = tmp_path / str(stop)
        make_dataset(str(folder))
        left = stop
        with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
            patch.setattr(os, "unlink", killed)
            patch.setattr(os, "remove", killed)
            collect_garbage(str(folder), remove=True)
            break
        now = files_in(folder)
        assert now >= KEPT and (f"gone/{DATASET_INDEX}" not in now or whole <= now)
        collect_garbage(str(folder), remove=True)
        assert files_in(folder) == KEPT and not (folder / ".building-dead").exists()
    assert stop == len(LEFT_OVER)


def test_a_folder_of_another_kind_is_named_and_not_touched(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / ".partial-0").touch()
    with pytest.raises(
        FileNotFoundError, match=r"photos: expected a dataset \(latest.json\), a folder of dat"
    ):
        collect_garbage(str(tmp_path / "photos"), remove=True)
    url = make_dataset(str(tmp_path / "data"))
    with pytest.raises(
        FileNotFoundError, match=rf"got a version; give the dataset around it, {url}; nothing"
    ):
        collect_garbage(f"{url}/newest/", remove=True)
    with pytest.raises(FileNotFoundError, match="got no such folder; give the --out"):
        collect_garbage(str(tmp_path / "none"))
    assert files_in(tmp_path) >= {"photos/.partial-0", "data/newest/.partial-1"}


def test_a_damaged_index_stops_all(tmp_path: Path) -> None:
    url = make_dataset(str(tmp_path / "data"))
    storage.write_bytes(f"{url}/versions.json", b"{")
    make_dataset(str(tmp_path / "another"))
    with pytest.raises(ValueError, match=r"versions.json: expected the JSON of natocc-versions"):
        collect_garbage(str(tmp_path), remove=True, everything=True)
    assert files_in(tmp_path / "another") == KEPT | LEFT_OVER


def test_storage_without_locks_keeps_what_may_be_in_use() -> None:
    url = "memory://garbage/data"
    storage.write_bytes(f"{url}/.building-x/a.tar", b"1")
    report = collect_garbage(url, remove=True, everything=True)
    assert report.kept[0].kept == "in use by any run, as this storage has no locks"
    assert storage.exists(f"{url}/.building-x/a.tar")
