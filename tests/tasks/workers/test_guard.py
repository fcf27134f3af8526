from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.workers import guard
from tasks.workers.guard import MARKER, guard_children, guarded, kill_guarded


def test_only_what_is_started_within_is_marked_and_killed() -> None:
    outside = subprocess.Popen(["sleep", "60"])
    with guarded(), guarded():
        inside = subprocess.Popen(["sh", "-c", "sleep 60 & wait"], start_new_session=True)
    try:
        assert MARKER not in os.environ
        kill_guarded()
        assert inside.wait(timeout=10) == -9
        assert outside.poll() is None
    finally:
        outside.kill()
        outside.wait()


def test_a_child_that_runs_already_is_found_by_a_variable(tmp_path: Path) -> None:
    program = """
import os, subprocess, time
from tasks.workers.guard import guard_children
child = subprocess.Popen(["sleep", "60"], env=os.environ | {"ITS": "1"}, stdout=subprocess.DEVNULL)
guard_children("ITS=1")
print(child.pid, flush=True)
os._exit(0)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=_env()
    )
    pid = int(done.stdout)
    for _ in range(100):
        if not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes():
            return
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError("the child was there")


def _env() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}


def test_nothing_is_guarded_without_such_a_child() -> None:
    guard_children("NOBODY_HAS=this")


def test_threads_that_end_meanwhile_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int] = []
    monkeypatch.setattr(guard, "_PROC", tmp_path)
    monkeypatch.setattr(guard._Guard, "add", lambda _, pid: found.append(pid))
    # A folder fails as the file of a thread does that has ended: listed, and not readable.
    (tmp_path / "self/task/1/children").mkdir(parents=True)
    (tmp_path / "self/task/2").mkdir()
    (tmp_path / "self/task/2/children").write_text("71 72 ")
    (tmp_path / "72").mkdir()
    (tmp_path / "72/environ").write_bytes(b"A=1\0ITS=1\0")
    guard_children("ITS=1")
    assert found == [72]


def test_a_guard_that_was_killed_ends_nothing() -> None:
    program = """
import os, signal, subprocess
from pathlib import Path
from tasks.workers.guard import guard_children, guarded
with guarded():
    pass
for pid in map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
child = subprocess.Popen(["sleep", "60"], env=os.environ | {"ITS": "1"}, stdout=subprocess.DEVNULL)
try:
    guard_children("ITS=1")
finally:
    child.kill()
    child.wait()
"""
    subprocess.run([sys.executable, "-c", program], check=True, env=_env())


def test_what_follows_keeps_the_marker_of_an_enclosing_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MARKER, "outer")
    with guarded():
        assert os.environ[MARKER] != "outer"
        with guarded():
            pass
        assert os.environ[MARKER] != "outer"
    assert os.environ[MARKER] == "outer"


def test_the_guard_of_an_inner_process_is_not_killed_by_that_of_the_outer_one(tmp_path: Path) -> None:
    inner = f"""
import os, subprocess, time
from tasks.workers.guard import guarded
with guarded():
    child = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)
later = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)
open({str(tmp_path / "pids")!r}, "w").write(f"{{child.pid}} {{later.pid}} ")
time.sleep(60)
"""
    outer = f"""
import os, subprocess, sys, time
from pathlib import Path
from tasks.workers.guard import guarded
with guarded():
    subprocess.Popen([sys.executable, "-c", {inner!r}])
while not Path({str(tmp_path / "pids")!r}).exists() or not Path({str(tmp_path / "pids")!r}).read_text().endswith(" "):
    time.sleep(0.02)
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", outer], check=True, env=_env(), timeout=60)
    pids = (tmp_path / "pids").read_text().split()
    for _ in range(200):
        left = [pid for pid in pids if _runs(pid)]
        if not left:
            return
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError(f"{left} outlived the processes that started them")


def _runs(pid: str) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False
