"""The file of a lock, between users and on file systems without locks."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shards.lock import LOCK_FILE, InUse, lock, lock_if_free
from shards.locking.file import release, try_lock

NOBODY = 65534


@contextmanager
def other_user() -> Iterator[None]:
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture()
def shared() -> Iterator[Path]:
    """A folder that all users may write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
@pytest.mark.parametrize("mode", [None, 0o644, 0o600])
def test_two_users_of_one_folder_exclude_each_other(mode: int | None, shared: Path) -> None:
    refused = PermissionError if mode == 0o600 else InUse
    expected = (
        "expected a lock that can be read" if mode == 0o600 else "expected no other run that writes here"
    )
    with lock(str(shared)):
        if mode is not None:
            (shared / LOCK_FILE).chmod(mode)
        with other_user(), pytest.raises(refused, match=expected), lock(str(shared)):
            pass
        with other_user(), lock_if_free(str(shared)) as free:
            assert not free
    with other_user(), lock(str(shared)):
        assert (shared / LOCK_FILE).stat().st_uid == NOBODY


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_the_file_of_another_user_s_dead_run_blocks_nobody(mode: int, shared: Path) -> None:
    (shared / LOCK_FILE).write_text("{}")
    (shared / LOCK_FILE).chmod(0o644)
    shared.chmod(mode)
    with other_user(), lock(str(shared)), pytest.raises(InUse), lock(str(shared)):
        pass
    # Where one may remove nobody else's files it stays.
    assert (shared / LOCK_FILE).exists() == (mode == 0o1777)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_a_folder_that_one_user_may_not_write_needs_no_lock_of_theirs(shared: Path) -> None:
    shared.chmod(0o755)
    with other_user(), lock(str(shared)):
        assert list(shared.iterdir()) == []


def test_a_file_made_in_the_place_of_a_deleted_one_stays(tmp_path: Path) -> None:
    with lock(str(tmp_path)):
        (tmp_path / LOCK_FILE).unlink()
        second = try_lock(tmp_path / LOCK_FILE)
        assert second is not None
    with pytest.raises(InUse), lock(str(tmp_path)):
        pass
    release(tmp_path / LOCK_FILE, second)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS])
def test_nothing_is_left_where_there_are_no_locks(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with lock(str(tmp_path)):
        assert list(tmp_path.iterdir()) == []
    assert caplog.messages == [f"{tmp_path}: its file system has no locks; run one writer at a time"]
    with lock_if_free(str(tmp_path)) as free:
        assert not free
    assert list(tmp_path.iterdir()) == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "kind", ["a link", "a link to nothing", "a hard link", "a folder", "a named pipe", "a socket"]
)
def test_what_is_no_file_of_a_lock_is_named_and_stays(kind: str, tmp_path: Path) -> None:
    precious, place = tmp_path / "precious", tmp_path / "out" / LOCK_FILE
    precious.write_text("precious")
    precious.chmod(0o600)
    place.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        match kind:
            case "a link":
                place.symlink_to(precious)
            case "a link to nothing":
                place.symlink_to(tmp_path / "nothing")
            case "a hard link":
                place.hardlink_to(precious)
            case "a folder":
                place.mkdir()
            case "a named pipe":
                os.mkfifo(place)
            case _:
                with contextlib.chdir(place.parent):
                    listening.bind(place.name)
        found = "a link" if "link" in kind else kind
        expected = rf"{place}: expected the file of a lock or nothing, got {found}; remove it, and run"
        for _ in range(2):
            with pytest.raises(OSError, match=expected), lock(str(place.parent)):
                pass
            with lock_if_free(str(place.parent)) as held:
                assert not held
    assert precious.read_text() == "precious" and precious.stat().st_mode & 0o777 == 0o600
    assert os.path.lexists(place) and not (tmp_path / "nothing").exists()
