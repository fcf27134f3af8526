"""No process outlives the one that started it, however that one ends."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Processes that are started within ``guarded()`` have this variable, and so have their own children.
MARKER = "NATOCC_STARTED_BY"
_PROC = Path("/proc")
# The guard looks again for processes that were just being started.
_ROUNDS, _PAUSE = 40, 0.05


class _Guard:
    """A process that kills the marked ones once this process is gone.

    It reads a pipe that only this process holds open, and ends with it.
    """

    def __init__(self) -> None:
        self.pid, self.token = os.getpid(), uuid.uuid4().hex
        reading, self._writing = os.pipe()
        command = [sys.executable, "-I", "-S", __file__, self.token]
        nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
        files = [(os.POSIX_SPAWN_DUP2, reading, 0), *nothing]
        # Not by subprocess, which would warn of a process that still runs.
        # Without a marker: the guard of an enclosing process would kill it before it can do its work.
        variables = {name: value for name, value in os.environ.items() if name != MARKER}
        os.posix_spawn(sys.executable, command, variables, file_actions=files, setsid=True)
        os.close(reading)

    def add(self, pid: int) -> None:
        """Also kill this process, which was started without the marker."""
        os.write(self._writing, f"{pid} {_start_time(pid)}\n".encode())


_lock = threading.Lock()
_guard: _Guard | None = None
_depth = 0
# The marker with which this process was started itself, by one that guards it.
_outer: str | None = None


@contextmanager
def guarded() -> Iterator[None]:
    """Within the block, started processes are marked. They are killed once this process has ended.

    The kill reaches their own children too. After the block the environment has the marker again with which
    this process was started, if it was. It needs ``/proc``; elsewhere nothing happens.
    """
    global _depth, _outer
    if not _PROC.is_dir():
        yield
        return
    with _lock:
        guard = _started()
        if not _depth:
            _outer = os.environ.get(MARKER)
        _depth += 1
        os.environ[MARKER] = guard.token
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if not _depth:
                os.environ.pop(MARKER, None)
                if _outer is not None:
                    os.environ[MARKER] = _outer


def guard_children(variable: str) -> None:
    """Also kill the running children that have this variable (``NAME=value``) once this process has ended."""
    for pid in _children():
        if variable.encode() in _environment(pid):
            # The guard may have been killed.
            with _lock, contextlib.suppress(OSError):
                _started().add(pid)


def _children() -> Iterator[int]:
    """The running children of this process."""
    for thread in _PROC.glob("self/task/*"):
        # A thread may end in between.
        with contextlib.suppress(OSError):
            yield from map(int, (thread / "children").read_text(encoding="utf-8").split())


def kill_guarded() -> None:
    """Kill every process that was started within ``guarded()``, and their children."""
    if _guard is not None and _guard.pid == os.getpid():
        _kill_marked(_guard.token)


def _started() -> _Guard:
    global _guard
    if _guard is None or _guard.pid != os.getpid():
        _guard = _Guard()
    return _guard


def _kill_marked(token: str) -> int:
    """Kill the processes whose environment has the token; returns how many there were."""
    wanted, found = f"{MARKER}={token}".encode(), 0
    for entry in os.listdir(_PROC):  # noqa: PTH208 (pathlib is slower for thousands)
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        if wanted in _environment(int(entry)):
            with contextlib.suppress(OSError):
                os.kill(int(entry), signal.SIGKILL)
                found += 1
    return found


def _environment(pid: int) -> list[bytes]:
    """A process's variables; none if it has ended or belongs to another user."""
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _start_time(pid: int) -> str:
    """When a process was started, in clock ticks, since its number may be used again; "" if it has ended."""
    try:
        return (_PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _watch(token: str) -> None:
    """The guard's work: wait for the end of the pipe, then kill."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    added = [line.split() for line in sys.stdin]
    for line in added:
        if len(line) == 2 and _start_time(int(line[0])) == line[1]:
            with contextlib.suppress(OSError):
                os.kill(int(line[0]), signal.SIGKILL)
    for _ in range(_ROUNDS):
        _kill_marked(token)
        time.sleep(_PAUSE)
        if not _kill_marked(token):
            break


if __name__ == "__main__":
    _watch(sys.argv[1])
