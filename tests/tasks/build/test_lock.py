from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from shards import storage
from shards.lock import InUse
from tasks.build.lock import lock_version, remove_abandoned_builds, remove_free_locks
from tests.s3_server import S3Server


def test_builders_of_one_version_exclude_each_other_alone(tmp_path: Path) -> None:
    url = str(tmp_path / "dataset")
    with lock_version(url, "a", wait=False):
        with pytest.raises(InUse, match="expected no other run that writes here"):
            lock_version(url, "a", wait=False).__enter__()
        with lock_version(url, "b", wait=False):
            pass
    assert not Path(url).exists()


def make_old(folder: Path, days: float) -> None:
    then = time.time() - days * 86400
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (then, then))


def make_staging(dataset: Path) -> None:
    for name in ("dead", "alive", "built", "touched", "week"):
        (dataset / f".building-{name}" / "rows").mkdir(parents=True)
        (dataset / f".building-{name}" / "rows" / "a.parquet").touch()
        make_old(dataset / f".building-{name}", 6.9 if name == "week" else 7.1)
    (dataset / ".building-touched" / "rows" / "a.parquet").touch()
    (dataset / ".lock-older").touch()
    (dataset / ".lock-week").touch()


def test_what_dead_builders_left_goes_after_a_week_and_what_lives_stays(tmp_path: Path) -> None:
    make_staging(tmp_path)
    with lock_version(str(tmp_path), "alive", wait=False):
        remove_abandoned_builds(str(tmp_path), "built")
        names = {path.name for path in tmp_path.iterdir()}
    kept = {".building-built", ".building-touched", ".building-week"}
    assert names == {".building-alive", ".lock-alive", *kept}
    assert (tmp_path / ".building-week" / "rows" / "a.parquet").exists()


def test_free_locks_go_and_held_ones_stay(tmp_path: Path) -> None:
    for name in (".lock-dead", ".lock-latest", "notes.txt"):
        (tmp_path / name).touch()
    with lock_version(str(tmp_path), "alive", wait=False):
        remove_free_locks(str(tmp_path))
        assert {path.name for path in tmp_path.iterdir()} == {".lock-alive", "notes.txt"}


def test_what_can_t_be_removed_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(url: str) -> None:
        refused.append(url)
        raise PermissionError(url)

    refused: list[str] = []
    monkeypatch.setattr(storage, "remove", refuse)
    make_staging(tmp_path)
    remove_abandoned_builds(str(tmp_path), "built")
    assert refused == [str(tmp_path / f".building-{name}") for name in ("alive", "dead")]


def test_a_bucket_keeps_what_a_run_holds_or_what_is_younger_than_a_week(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = s3.bucket("abandoned")
    for name in ("dead", "alive", "built"):
        storage.write_bytes(f"{url}/data/.building-{name}/rows/a.parquet", b"1")
    storage.write_bytes(f"{url}/data/.lock-older", b"{}")
    with lock_version(f"{url}/data", "alive", wait=False):
        # A clock of this machine that is wrong decides nothing.
        monkeypatch.setattr(time, "time", lambda: 1e10)
        remove_abandoned_builds(f"{url}/data", "built")
        assert len(s3.sizes("abandoned")) == 5
        monkeypatch.setattr("tasks.build.lock.KEPT_DAYS", -1)
        remove_abandoned_builds(f"{url}/data", "built")
    assert sorted(s3.sizes("abandoned")) == [
        "data/.building-alive/rows/a.parquet",
        "data/.building-built/rows/a.parquet",
        "data/.lock-older",
    ]
