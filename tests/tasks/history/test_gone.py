from __future__ import annotations

from pathlib import Path

import pytest

from manifests.history import add_version, stand_in
from manifests.withdrawn import WITHDRAWN, ReplacedVersion, add_to_withdrawal_record
from tasks.history.gone import resolve_readable
from tests.manifests.test_history import entry


def test_who_opens_a_version_that_is_gone_is_warned_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url, since = str(tmp_path), "2026-12-01T00:00:00+00:00"
    for version in ("a", "b"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "dataset.json").write_text("{}")
        add_version(url, entry(version=version, number=f"{ord(version)}.0.0"))
    stand_in(url, "a", "b", since)
    for name in ("a", "a/", "b", "a"):
        assert resolve_readable(f"{url}/{name}") == f"{url}/{name}"
    lines = {record.getMessage() for record in caplog.records}
    (line,) = lines
    assert line.endswith(f"replaced and may be removed after {since}; use b in its place")


def test_a_damaged_history_does_not_hide_it_and_a_damaged_record_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url, since = str(tmp_path), "2026-12-01T00:00:00+00:00"
    for version in ("a", "b", "c"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "dataset.json").write_text("{}")
    versions = [ReplacedVersion(version=old, by=new, gone=since) for old, new in (("a", "b"), ("b", None))]
    add_to_withdrawal_record(url, versions=versions)
    for name in ("a", "b", "c"):
        resolve_readable(f"{url}/{name}")
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2 and all(line.endswith("; nothing of it is left") for line in lines)
    (tmp_path / WITHDRAWN).write_text("{")
    resolve_readable(f"{url}/c")
    assert "withdrawn.json: expected the JSON of natocc-withdrawn/1" in caplog.records[-1].getMessage()
