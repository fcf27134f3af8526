"""Leases between real processes, on a real S3 server."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shards import storage
from shards.lock import LOCK_FILE, InUse, lock, lock_if_free
from shards.locking import lease as leases
from shards.locking.lease import LeaseLost, LeaseWatch, check_leases
from shards.move import link_or_copy
from tests.s3_server import S3Server, clean_environment

ROOT = Path(__file__).parents[3]
# Takes the lease, says so, waits for a line, and writes a file.
HOLD = """
import sys
from shards import storage
from shards.lock import lock
from shards.locking import lease
lease.EXPIRES_AFTER = float(sys.argv[2])
with lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
    storage.write_bytes(sys.argv[1] + "/written", b"late")
"""


@pytest.fixture()
def folder(s3: S3Server, request: pytest.FixtureRequest) -> str:
    return f"{s3.bucket(f'lease-{abs(hash(request.node.name))}')}/folder"


@contextmanager
def held(s3: S3Server, folder: str, expires: float = 30) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the lease."""
    command = [sys.executable, "-c", HOLD, folder, str(expires)]
    env = clean_environment(**s3.environment)
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=env, cwd=ROOT
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n", other.communicate()[1]
        yield other
        other.kill()


def objects(s3: S3Server, folder: str) -> list[str]:
    return sorted(s3.sizes(folder.split("/")[2]))


def test_the_second_is_refused_told_who_is_there_and_may_wait(
    s3: S3Server, folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    with held(s3, folder) as other:
        expected = (
            rf"^{folder}: expected no other run that writes here, got `-c {folder} 30.0` "
            rf"\(process {other.pid} on \S+, since 20\S+\); wait for it with --wait, or run again later$"
        ).replace("30.0", "30")
        with pytest.raises(InUse, match=expected), lock(folder):
            pass
        with lock_if_free(folder) as free:
            assert not free
        assert str(other.pid) in (LeaseWatch(folder, LOCK_FILE).holder() or "")
        assert other.stdin is not None
        threading.Timer(0.5, other.stdin.close).start()
        with caplog.at_level(logging.WARNING), lock(folder, wait=True):
            assert storage.read_bytes(f"{folder}/written") == b"late"
        (message,) = caplog.messages
        assert message.startswith(f"{folder}: waiting for `-c ")
        assert LeaseWatch(folder, LOCK_FILE).holder() is None
    assert objects(s3, folder) == ["folder/written"]


def test_a_killed_holder_s_lease_ends_and_a_living_one_s_does_not(s3: S3Server, folder: str) -> None:
    with held(s3, folder, expires=3) as other:
        time.sleep(4)
        with pytest.raises(InUse), lock(folder):
            pass
        other.kill()
        other.wait()
        with pytest.raises(InUse), lock(folder):
            pass
        with lock(folder, wait=True):
            pass
    assert objects(s3, folder) == []


def test_a_suspended_holder_writes_nothing_once_another_has_its_lease(s3: S3Server, folder: str) -> None:
    with held(s3, folder, expires=1) as other:
        other.send_signal(signal.SIGSTOP)
        with lock(folder, wait=True):
            other.send_signal(signal.SIGCONT)
            _, errors = other.communicate("\n")
            line = errors.splitlines()[-1]
            assert f"LeaseLost: {folder}: expected this run to hold the lease that it took there, got" in line
            assert f"(process {os.getpid()} on" in line and "this run writes nothing more" in line
            # Its end does not take away the other's.
            check_leases(folder)
    assert objects(s3, folder) == []


def test_a_suspended_holder_goes_on_if_nobody_took_its_lease(s3: S3Server, folder: str) -> None:
    with held(s3, folder, expires=1) as other:
        other.send_signal(signal.SIGSTOP)
        time.sleep(2.5)
        other.send_signal(signal.SIGCONT)
        assert other.communicate("\n")[1] == ""
    assert objects(s3, folder) == ["folder/written"]


def test_of_many_one_takes_over_a_dead_lease(
    s3: S3Server, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = {"command": "build", "pid": 1, "host": "gone", "since": "then", "expires_after": -1}
    storage.write_bytes(f"{folder}/{LOCK_FILE}", json.dumps(dead).encode())
    watches = [LeaseWatch(folder, LOCK_FILE) for _ in range(4)]
    for watch in watches:
        assert watch.holder() is None
    found = leases.read_found(watches[0]._place)
    # All have seen the dead one.
    monkeypatch.setattr(leases, "read_found", lambda place: found)
    taken = []
    for watch in watches:
        lease = watch.try_take()
        taken += [lease] if isinstance(lease, leases.Lease) else []
    monkeypatch.undo()
    (lease,) = taken
    lease.release()
    assert objects(s3, folder) == []


def test_every_change_of_a_folder_asks_for_its_lease(s3: S3Server, folder: str) -> None:
    with lock(folder):
        storage.write_bytes(f"{folder}/a/file", b"1")
        s3.client.delete_object(Bucket=folder.split("/")[2], Key=f"folder/{LOCK_FILE}")
        time.sleep(leases._FRESH)
        for change in (
            lambda: storage.write_bytes(f"{folder}/a/file", b"2"),
            lambda: storage.remove(f"{folder}/a"),
            lambda: check_leases(folder),
        ):
            with pytest.raises(LeaseLost, match="got nobody"):
                change()
        storage.write_bytes(f"{folder}-beside", b"3")
    assert objects(s3, folder) == ["folder-beside", "folder/a/file"]


def test_a_renewal_whose_answer_was_lost_is_one(
    s3: S3Server, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lock(folder):
        (lease,) = leases._held
        monkeypatch.setattr(lease, "_etag", '"another"')
        monkeypatch.setattr(lease, "_confirmed", 0.0)
        check_leases(folder)
    assert objects(s3, folder) == []


def test_what_is_no_lease_names_nobody_and_ends_as_one(s3: S3Server, folder: str) -> None:
    storage.write_bytes(f"{folder}/{LOCK_FILE}", b"\xff[")
    with pytest.raises(InUse, match="got another process;"), lock(folder):
        pass


def test_a_server_without_conditions_is_told(
    s3: S3Server, folder: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    filesystem = LeaseWatch(folder, LOCK_FILE)._place.filesystem
    real = filesystem.call_s3

    def ignore(method: str, **given: object) -> object:
        given.pop("IfNoneMatch", None)
        given.pop("IfMatch", None)
        return real(method, **given)

    monkeypatch.setattr(leases, "_known", set())
    monkeypatch.setattr(filesystem, "call_s3", ignore)
    with caplog.at_level(logging.WARNING), lock(folder), lock(folder):
        pass
    assert caplog.messages == [
        f"{folder}: nothing prevents two runs from writing here at once; run one at a time"
    ]
    assert objects(s3, folder) == []


def test_the_heartbeat_keeps_no_process_alive(s3: S3Server, folder: str) -> None:
    code = f"from shards.locking.lease import LeaseWatch; LeaseWatch({folder!r}, '.lock').try_take()"
    env = clean_environment(**s3.environment)
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, timeout=30, check=True)


def take_over(s3: S3Server, folder: str) -> None:
    """Another run takes over the lease, which this one confirmed long ago."""
    holder = {"command": "natocc build", "pid": 7, "host": "there", "since": "now"}
    bucket = folder.split("/")[2]
    s3.client.put_object(Bucket=bucket, Key=f"folder/{LOCK_FILE}", Body=json.dumps(holder).encode())
    for lease in leases._held:
        lease._confirmed = 0.0


def test_an_error_after_the_lease_was_lost_removes_nothing_and_names_the_loss(
    s3: S3Server, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.write_bytes(f"{folder}/staged/file", b"content")
    filesystem = LeaseWatch(folder, LOCK_FILE)._place.filesystem
    real = filesystem.cp_file

    def suspended(source: str, target: str) -> None:
        real(source, target)
        take_over(s3, folder)
        # The other run publishes the same, and removes what was staged.
        s3.client.delete_object(Bucket=folder.split("/")[2], Key="folder/staged/file")

    monkeypatch.setattr(filesystem, "cp_file", suspended)
    with (
        pytest.raises(LeaseLost, match=r"got `natocc build` \(process 7 on there, since now\)"),
        lock(folder),
    ):
        link_or_copy(f"{folder}/staged/file", f"{folder}/version/file")
    assert objects(s3, folder) == [f"folder/{LOCK_FILE}", "folder/version/file"]


def test_a_copy_that_fails_while_the_lease_is_held_leaves_nothing(
    s3: S3Server, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.write_bytes(f"{folder}/staged/file", b"content")
    filesystem = LeaseWatch(folder, LOCK_FILE)._place.filesystem
    real = filesystem.cp_file

    def changing(source: str, target: str) -> None:
        real(source, target)
        filesystem.pipe_file(source, b"changed")

    monkeypatch.setattr(filesystem, "cp_file", changing)
    with pytest.raises(OSError, match="changed while it was copied"), lock(folder):
        link_or_copy(f"{folder}/staged/file", f"{folder}/version/file")
    assert objects(s3, folder) == ["folder/staged/file"]


@pytest.mark.parametrize("earlier", [None, b"earlier"])
def test_what_a_successor_wrote_is_neither_overwritten_nor_removed(
    s3: S3Server, folder: str, monkeypatch: pytest.MonkeyPatch, earlier: bytes | None
) -> None:
    if earlier is not None:
        storage.write_bytes(f"{folder}/file", earlier)
    filesystem = LeaseWatch(folder, LOCK_FILE)._place.filesystem
    real = filesystem.call_s3

    def suspended(method: str, **given: object) -> object:
        if str(given["Key"]).endswith("/file") and method != "get_object":
            filesystem.call_s3 = real
            take_over(s3, folder)
            s3.client.put_object(Bucket=folder.split("/")[2], Key="folder/file", Body=b"the successor's")
        return real(method, **given)

    for change in (
        lambda: storage.write_bytes(f"{folder}/file", b"late"),
        lambda: storage.remove(f"{folder}/file"),
    ):
        with pytest.raises(LeaseLost, match="got `natocc build`"), lock(folder):
            monkeypatch.setattr(filesystem, "call_s3", suspended)
            change()
        assert storage.read_bytes(f"{folder}/file") == b"the successor's"
        s3.client.delete_object(Bucket=folder.split("/")[2], Key=f"folder/{LOCK_FILE}")
        # As the first was found, with another ETag than the successor's.
        storage.write_bytes(f"{folder}/file", b"earlier")


def test_a_write_whose_answer_was_lost_is_one(
    s3: S3Server, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filesystem = LeaseWatch(folder, LOCK_FILE)._place.filesystem
    real = filesystem.call_s3

    def twice(method: str, **given: object) -> object:
        if str(given["Key"]).endswith("/file") and method == "put_object":
            real(method, **given)
        return real(method, **given)

    with lock(folder):
        monkeypatch.setattr(filesystem, "call_s3", twice)
        storage.write_bytes(f"{folder}/file", b"1")
        storage.write_bytes(f"{folder}/file", b"2")
        monkeypatch.undo()
        assert storage.read_bytes(f"{folder}/file") == b"2"


def test_under_a_lease_a_file_that_another_process_writes_is_named(
    s3: S3Server, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filesystem = LeaseWatch(folder, LOCK_FILE)._place.filesystem
    real = filesystem.call_s3

    def meanwhile(method: str, **given: object) -> object:
        if str(given["Key"]).endswith("/file") and method == "put_object":
            s3.client.put_object(Bucket=folder.split("/")[2], Key="folder/file", Body=b"another's")
        return real(method, **given)

    with pytest.raises(OSError, match="folder/file: expected the file that lay there"), lock(folder):
        monkeypatch.setattr(filesystem, "call_s3", meanwhile)
        storage.write_bytes(f"{folder}/file", b"1")
