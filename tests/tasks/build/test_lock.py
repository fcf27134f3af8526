from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from shards import storage
from shards.lock import InUse
from tasks.build.lock import lock_version, remove_abandoned_builds


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


def test_what_can_t_be_removed_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(url: str) -> None:
        refused.append(url)
        raise PermissionError(url)

    refused: list[str] = []
    monkeypatch.setattr(storage, "remove", refuse)
    make_staging(tmp_path)
    remove_abandoned_builds(str(tmp_path), "built")
    assert refused == [str(tmp_path / f".building-{name}") for name in ("alive", "dead")]
