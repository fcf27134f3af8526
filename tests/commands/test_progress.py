from __future__ import annotations

import time

import pytest

from commands import progress as module
from commands.console import console
from commands.progress import progress


@pytest.fixture(autouse=True)
def short_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INTERVAL", 0.05)


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[str]:
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err.splitlines()


def test_without_a_terminal_a_line_comes_at_every_interval(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("shards") as show:
        time.sleep(0.12)
        show(3, 40)
        time.sleep(0.12)
    lines = lines_of(capsys)
    assert lines[0] == "shards, 0 s", "work that has not called back yet is alive too"
    assert lines[-1] == "3 of 40 shards, 0 s"


def test_the_remaining_time_is_that_of_the_rate_since_the_first_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress("steps") as show:
        show(100, 10_000)
        time.sleep(0.03)
        show(101, 10_000)
        time.sleep(0.04)
        show(9_999, 10_000)
        time.sleep(0.06)
    lines = lines_of(capsys)
    # A step in 0.05 s or more, 9,899 left: minutes.
    assert lines[0].startswith("101 of 10000 steps, 0 s, about ") and lines[0].endswith(" min left")
    assert lines[-1] == "9999 of 10000 steps, 0 s, about 0 s left"


def test_short_work_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("shards") as show:
        show(1, 1)
    assert lines_of(capsys) == []


def test_quiet_prints_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "quiet", True)
    with progress("shards") as show:
        show(1, 2)
        time.sleep(0.12)
    assert lines_of(capsys) == []


def test_an_error_ends_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="wrong"), progress("shards"):
        raise ValueError("wrong")
    time.sleep(0.12)
    assert lines_of(capsys) == []
