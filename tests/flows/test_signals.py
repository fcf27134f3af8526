"""A flow run that is sent a signal: its log, its end, and Prefect's own server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prefect import flow

from flows.signals import stopped_by_signals
from tasks.workers import signals

ROOT = Path(__file__).parents[2]
RUN = """
import sys, time
from prefect import flow
from flows.signals import stopped_by_signals

@flow
def waiting():
    with stopped_by_signals("two shards are kept"):
        open(sys.argv[1], "w").close()
        time.sleep(600)

waiting()
"""


@pytest.mark.usefixtures("prefect_server")
def test_an_error_without_a_signal_stays_what_it_is() -> None:
    @flow
    def failing() -> None:
        with stopped_by_signals("two shards are kept"):
            raise KeyError("bug")

    with pytest.raises(KeyError, match="bug"):
        failing()
    assert signals.received() is None


@pytest.mark.drill
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)]
)
def test_a_run_ends_soon_and_its_server_with_it(number: signal.Signals, code: int, tmp_path: Path) -> None:
    begun, mark = tmp_path / "begun", f"NATOCC_TEST={tmp_path}"
    settings = {"PREFECT_HOME": str(tmp_path), "PREFECT_LOGGING_LEVEL": "WARNING", "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(begun)],
        env=os.environ | settings | {"NATOCC_TEST": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not begun.exists() and run.poll() is None:
        time.sleep(0.1)
    start = time.monotonic()
    run.send_signal(number)
    _, log = run.communicate(timeout=60)
    assert run.returncode == code and time.monotonic() - start < 5, log
    if number != signal.SIGKILL:
        assert f"stopped by {number.name}: two shards are kept" in log
    for _ in range(100):
        if not _having(mark):
            return
        time.sleep(0.05)
    pytest.fail(f"{_having(mark)} outlived the run")


def _having(mark: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found
