"""Locks between real processes."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shards.lock import LOCK_FILE, InUse, find_holder, lock, lock_if_free, one_writer

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from shards.lock import lock
with lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def held(folder: Path, seconds: float = 600) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the lock."""
    command = [sys.executable, "-c", HOLD, str(folder), str(seconds)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other
        other.kill()


def test_the_second_is_refused_and_told_who_is_there(tmp_path: Path) -> None:
    with held(tmp_path) as other:
        expected = (
            rf"^{tmp_path}: expected no other run that writes here, got `-c {tmp_path} 600` "
            rf"\(process {other.pid} on \S+, since 20\S+\); wait for it with --wait, or run again later$"
        )
        with pytest.raises(InUse, match=expected), lock(str(tmp_path)):
            pass
        with lock_if_free(str(tmp_path)) as free:
            assert not free


def test_to_look_for_the_holder_makes_and_changes_nothing(tmp_path: Path) -> None:
    assert find_holder(str(tmp_path)) is None and find_holder(str(tmp_path / "none")) is None
    with held(tmp_path) as other:
        assert f"(process {other.pid} on " in (find_holder(str(tmp_path)) or "")
        other.kill()
        other.wait()
        assert find_holder(str(tmp_path)) is None
    assert [path.name for path in tmp_path.iterdir()] == [LOCK_FILE]
    # A link is nothing that was locked, and nothing to remove.
    (tmp_path / ".lock-link").symlink_to(tmp_path / LOCK_FILE)
    assert find_holder(str(tmp_path), ".lock-link") is not None


def test_the_second_waits_and_says_for_whom(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with held(tmp_path, 1.5) as other:
        start = time.monotonic()
        with caplog.at_level(logging.WARNING), lock(str(tmp_path), wait=True):
            assert time.monotonic() - start > 0.5
        (message,) = caplog.messages
        assert message.startswith(f"{tmp_path}: waiting for `-c ") and f"process {other.pid} on" in message


def test_the_second_waits_for_a_first_that_removes_the_folder_it_made(tmp_path: Path) -> None:
    with held(tmp_path / "a" / "b", 0.5), lock(str(tmp_path / "a" / "b"), wait=True):
        assert (tmp_path / "a" / "b" / LOCK_FILE).exists()
    assert list(tmp_path.iterdir()) == []


def test_what_a_lock_s_file_says_is_shown_in_one_safe_line(tmp_path: Path) -> None:
    with held(tmp_path):
        row = {"command": "\x1b[2J\n", "pid": "\x07", "host": "\x9b", "since": "\u202e"}
        (tmp_path / LOCK_FILE).write_text(json.dumps(row))
        with pytest.raises(InUse) as error, lock(str(tmp_path)):
            pass
    assert str(error.value).isprintable() and r"`\x1b[2J\n` (process \x07 on \x9b" in str(error.value)


def test_a_dead_holder_blocks_nobody(tmp_path: Path) -> None:
    with held(tmp_path) as other:
        other.kill()
        other.wait()
        assert (tmp_path / LOCK_FILE).exists()
        with lock(str(tmp_path)):
            pass
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_of_a_lock_nor_of_folders_made_for_it(tmp_path: Path) -> None:
    with lock(str(tmp_path / "a" / "b")):
        assert (tmp_path / "a" / "b" / LOCK_FILE).exists()
    assert list(tmp_path.iterdir()) == []
    with lock(str(tmp_path / "a" / "b")):
        (tmp_path / "a" / "b" / "file").touch()
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["file"]


def test_two_threads_of_one_process_are_two_writers(tmp_path: Path) -> None:
    with lock(str(tmp_path)), pytest.raises(InUse), lock(str(tmp_path)):
        pass
    with lock(str(tmp_path)), lock(str(tmp_path), name=".lock-other"):
        pass


def test_files_of_dead_writers_go_when_a_lock_is_taken(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    for path in (tmp_path / ".partial-1", tmp_path / "records" / ".partial-2"):
        path.touch()
    with lock(str(tmp_path)):
        assert not list(tmp_path.rglob(".partial-*"))


def test_elsewhere_than_here_one_line_says_that_nothing_is_guarded(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            with lock("memory://bank"), lock("memory://bank"):
                pass
    assert caplog.messages == [
        "memory://bank: nothing prevents two runs from writing here at once; run one at a time"
    ]


def test_a_function_with_one_writer_takes_the_folder_of_its_parameter(tmp_path: Path) -> None:
    @one_writer("out", below="corrected")
    def write(out: Path, *, wait: bool = False) -> list[str]:
        return sorted(path.name for path in (out / "corrected").iterdir())

    assert write(tmp_path) == [LOCK_FILE]
    (tmp_path / "corrected").mkdir()
    with held(tmp_path / "corrected"), pytest.raises(InUse):
        write(out=tmp_path)
    with held(tmp_path / "corrected", 0.5):
        assert write(tmp_path, wait=True) == [LOCK_FILE]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_nobody_can_write_needs_no_lock(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with lock(str(tmp_path)):
        pass
