"""Signals to a process with workers: how soon it ends, how, and what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tasks.workers import signals

SOON = 5.0


@contextmanager
def running(job: str, folder: Path, begun: int) -> Iterator[subprocess.Popen[str]]:
    """A job of jobs.py in a session of its own, once ``begun`` files say that it works."""
    command = [sys.executable, "-m", "tests.tasks.workers.jobs", str(folder), job]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        wait_until(lambda: len(list(folder.iterdir())) >= begun, "the job had not begun")
        yield run
    finally:
        run.kill()
        run.wait()
        if run.stderr is not None:
            run.stderr.close()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def lives(process: str) -> bool:
    """Whether a process runs, and is not merely waiting for its end to be noted."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(folder: Path) -> None:
    processes = [path.name for path in folder.iterdir()]
    wait_until(lambda: not any(map(lives, processes)), f"processes {processes} were there", SOON)


@pytest.mark.parametrize("number", signals.SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("whole_group", [True, False], ids=["to the group", "to the process"])
def test_the_first_signal_ends_it_soon_with_one_line(
    number: signal.Signals, whole_group: bool, tmp_path: Path
) -> None:
    with running("pool", tmp_path, 2) as run:
        start = time.monotonic()
        os.kill(-run.pid if whole_group else run.pid, number)
        _, message = run.communicate(timeout=60)
        assert time.monotonic() - start < SOON
        assert run.returncode == 128 + number
        assert message == f"stopped by {number.name}: two of four are there\n"
        gone(tmp_path)


def test_workers_see_no_signal_of_the_terminal(tmp_path: Path) -> None:
    with running("pool", tmp_path, 2) as run:
        groups = {os.getpgid(int(path.name)) for path in tmp_path.iterdir()}
        assert len(groups) == 2 and run.pid not in groups


def test_a_step_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with running("deferring", tmp_path, 1) as run:
        start = time.monotonic()
        run.send_signal(signal.SIGTERM)
        _, message = run.communicate(timeout=60)
        assert 1 < time.monotonic() - start < SOON and run.returncode == 143
        assert message == "stopped by SIGTERM: two of four are there\n"


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with running("deferring", tmp_path, 1) as run:
        run.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        start = time.monotonic()
        run.send_signal(signal.SIGINT)
        _, message = run.communicate(timeout=60)
        assert time.monotonic() - start < 1.5 and run.returncode == 130
        assert message == "stopped by SIGINT: two of four are there\n"


@pytest.mark.parametrize(("job", "begun"), [("pool", 2), ("grandchildren", 2)])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_it(job: str, begun: int, number: signal.Signals, tmp_path: Path) -> None:
    with running(job, tmp_path, begun) as run:
        run.send_signal(number)
        _, message = run.communicate(timeout=60)
        assert "leaked" not in message and "Traceback" not in message
        gone(tmp_path)


def test_a_hangup_that_is_ignored_stays_so(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals.handle_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_handlers_are_restored_and_a_caught_signal_is_over() -> None:
    before = [signal.getsignal(number) for number in signals.SIGNALS]
    with (
        pytest.raises(signals.Interrupted, match=r"^stopped by SIGTERM: it is kept$") as stopped,
        signals.handle_signals(),
        signals.kept("it is kept"),
    ):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
    assert stopped.value.code == 143
    assert [signal.getsignal(number) for number in signals.SIGNALS] == before
    assert signals.received() is None


def test_a_note_that_fails_does_not_keep_it_alive(tmp_path: Path) -> None:
    with running("failing_note", tmp_path, 1) as run:
        run.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        _, message = run.communicate(timeout=60)
        assert run.returncode == 130
        assert message == "stopped by SIGINT: run the same command again\n"


def _buffered() -> dict[str, str]:
    """The environment, with output to a pipe written late."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def test_what_was_printed_is_written_before_the_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.tasks.workers.jobs", str(tmp_path), "printing"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=_buffered()
    ) as run:
        wait_until(lambda: bool(list(tmp_path.iterdir())), "the job had not begun")
        run.send_signal(signal.SIGTERM)
        printed, _ = run.communicate(timeout=SOON)
    assert (run.returncode, printed) == (143, "what was printed\n")


def test_output_that_nobody_reads_does_not_keep_a_process() -> None:
    program = """
import sys
from tasks.workers import signals
sys.stdout.write("a line")
signals._state.number = 15
signals._end()
"""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        with suppress(BlockingIOError):
            while os.write(writing, bytes(1 << 16)):
                pass
        os.set_blocking(writing, True)
        command = [sys.executable, "-c", program]
        run = subprocess.run(command, stdout=writing, check=False, timeout=60, env=_buffered())
        assert run.returncode == 143
    finally:
        os.close(reading)
        os.close(writing)


DURING_AN_IMPORT = """
import os, signal, sys, time
from tasks.workers import signals

with signals.handle_signals():
    code = "import time\\nos.kill(os.getpid(), signal.SIGTERM)\\ntime.sleep(0.1)\\nprint('imported', flush=True)"
    exec(compile(code, "<frozen importlib._bootstrap>", "exec"), {"os": os, "signal": signal})
    time.sleep(60)
"""


def test_a_signal_during_an_import_is_raised_after_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DURING_AN_IMPORT], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (128 + signal.SIGTERM, "imported\n"), done.stderr
    assert "Traceback" not in done.stderr
