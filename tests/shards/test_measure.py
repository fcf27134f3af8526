from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from shards import storage
from shards.measure import measure_folder, storage_time
from tests.s3_server import S3Server


def test_a_local_folder_is_measured_with_all_in_it_and_no_link_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "a").write_bytes(b"123")
    (folder / "b").write_bytes(b"45")
    (tmp_path / "large").write_bytes(bytes(1000))
    (folder / "link").symlink_to(tmp_path / "large")
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (1000, 1000), follow_symlinks=False)
    os.utime(folder / "below" / "a", (2000, 2000))
    found = measure_folder(str(folder))
    assert (found.files, found.changed) == (3, 2000)
    assert found.bytes == 5 + len(str(tmp_path / "large"))
    assert measure_folder(str(folder / "b")).bytes == 2
    # A removal is no change, but in a folder that is empty by now.
    (folder / "below" / "a").unlink()
    assert measure_folder(str(folder)).changed == 1000 < measure_folder(str(folder / "below")).changed
    with pytest.raises(FileNotFoundError):
        measure_folder(str(tmp_path / "none"))


def test_a_folder_of_a_bucket_is_measured(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    url = s3.bucket("measured")
    storage.write_bytes(f"{url}/folder/a", b"123")
    storage.write_bytes(f"{url}/folder/below/b", b"45")
    storage.write_bytes(f"{url}/folder-beside", b"6")
    found = measure_folder(f"{url}/folder")
    assert (found.files, found.bytes) == (2, 5) and abs(found.changed - time.time()) < 60
    assert measure_folder(f"{url}/folder/a").bytes == 3
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert storage_time(url) >= found.changed and storage_time("memory://folder") == 0
    with pytest.raises(FileNotFoundError):
        measure_folder(f"{url}/none")
