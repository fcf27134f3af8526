from __future__ import annotations

from pathlib import Path

import pytest

from tasks.history.locate import locate_version
from tasks.history.record import record_version
from tests.manifests.inputs import row
from tests.s3_server import S3Server
from tests.tasks.history.versions import put


def test_a_version_is_found_by_its_own_path_and_by_that_of_its_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = str(tmp_path / "small")
    record_version(root, put(root, "0123abcd", [row(0)]))
    monkeypatch.chdir(tmp_path / "small/0123abcd")
    for url in (root, f"{root}/", f"{root}/0123abcd/", "..", "."):
        found = locate_version(url)
        assert (found.url, found.dataset_url, found.version) == (f"{root}/0123abcd", root, "0123abcd")


def test_what_is_no_version_is_said_with_the_nearest_names(tmp_path: Path) -> None:
    root = str(tmp_path / "small")
    for version in ("0123abcd", "ffff9999"):
        record_version(root, put(root, version, [row(0)]))
    with pytest.raises(FileNotFoundError, match=r"0123abce: .*no such folder; did you mean 0123abcd\?"):
        locate_version(f"{root}/0123abce")
    with pytest.raises(FileNotFoundError, match=r"did you mean ffff9999\?$"):
        locate_version(f"{root}/1.0.0")
    with pytest.raises(FileNotFoundError, match="give the path that `natocc build` printed"):
        locate_version(str(tmp_path))
    (tmp_path / "bank.json").touch()
    with pytest.raises(
        FileNotFoundError, match="expected a version or a dataset, got a bank; name a version"
    ):
        locate_version(str(tmp_path))


def test_at_a_url_of_a_bucket(s3: S3Server) -> None:
    root = f"{s3.bucket('located')}/small"
    record_version(root, put(root, "0123abcd", [row(0)]))
    assert locate_version(root).dataset_url == root
    with pytest.raises(FileNotFoundError, match=r"did you mean 0123abcd\?"):
        locate_version(f"{root}/0123abce")
