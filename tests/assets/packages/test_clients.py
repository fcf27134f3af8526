from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from assets.packages import clients
from assets.packages.clients import FetchError, fetch_archive, missing_client
from assets.packages.package import Package

WHEEL = Package(ecosystem="pypi-wheel", name="faces", version="1.0")
NPM = Package(ecosystem="npm", name="faces", version="1.0")
DEBIAN = Package(ecosystem="debian", name="faces", version="1.0")


def client(monkeypatch: pytest.MonkeyPatch, *results: tuple[int, str, tuple[str, ...]]) -> list[list[str]]:
    """Stand-in for the clients: each call has a code, an error output, and files that it leaves."""
    calls: list[list[str]] = []

    def run(command: list[str], *, cwd: Path, **_: Any) -> subprocess.CompletedProcess[str]:
        code, errors, files = results[len(calls)]
        calls.append(command)
        for name in files:
            (cwd / name).touch()
        return subprocess.CompletedProcess(command, code, "", errors)

    monkeypatch.setattr(clients.subprocess, "run", run)
    monkeypatch.setattr(clients.shutil, "which", lambda name: f"/bin/{name}")
    return calls


def test_the_only_archive_is_returned_and_other_files_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = client(monkeypatch, (0, "", ("faces-1.0.whl", "log.txt")))
    assert fetch_archive(WHEEL, tmp_path) == tmp_path / "faces-1.0.whl"
    assert "faces==1.0" in calls[0] and "--only-binary=:all:" in calls[0] and "--no-deps" in calls[0]


@pytest.mark.parametrize("files", [(), ("a.tgz", "b.tgz")])
def test_no_archive_and_two_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: tuple[str, ...]
) -> None:
    client(monkeypatch, (0, "", files))
    with pytest.raises(FetchError, match="expected one archive from the client"):
        fetch_archive(NPM, tmp_path)


def test_npm_runs_no_script_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = client(monkeypatch, (0, "", ("faces-1.0.tgz",)))
    fetch_archive(NPM, tmp_path)
    assert "--ignore-scripts" in calls[0] and calls[0][-1] == "faces@1.0"


def test_a_failure_names_the_code_and_the_last_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client(monkeypatch, (1, "warning\nnpm ERR! 404\nsee the log\n", ()))
    with pytest.raises(FetchError, match=r"ended with 1 and said: npm ERR! 404; check the network"):
        fetch_archive(NPM, tmp_path)


def test_another_version_is_taken_where_the_release_dropped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = client(monkeypatch, (100, "E: not found", ()), (0, "", ("faces_1.1.deb",)))
    assert fetch_archive(DEBIAN, tmp_path).name == "faces_1.1.deb"
    assert [call[-1] for call in calls] == ["faces=1.0", "faces"]


def test_a_missing_client_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients.shutil, "which", lambda name: None if name == "dpkg-deb" else name)
    assert (missing_client("pypi-wheel"), missing_client("npm"), missing_client("debian")) == (
        None,
        None,
        "dpkg-deb",
    )
    with pytest.raises(FetchError, match="expected the client dpkg-deb on the PATH, found none; install it"):
        fetch_archive(DEBIAN, tmp_path)
