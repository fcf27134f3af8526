from __future__ import annotations

from pathlib import Path

import pytest

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


def test_what_dead_builders_left_goes_and_what_lives_stays(tmp_path: Path) -> None:
    for name in (".building-dead", ".building-alive", ".building-built", "published"):
        (tmp_path / name / "rows").mkdir(parents=True)
    (tmp_path / ".lock-older").touch()
    with lock_version(str(tmp_path), "alive", wait=False):
        remove_abandoned_builds(str(tmp_path), "built")
        names = {path.name for path in tmp_path.iterdir()}
    assert names == {".building-alive", ".lock-alive", ".building-built", "published"}
