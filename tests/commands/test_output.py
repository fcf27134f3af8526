from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
from commands.output import run_with_output
def run():
    {run}
run_with_output(run)
"""


def ended(run: str, output: int | str) -> subprocess.CompletedProcess[str]:
    """A process that runs a line with its standard output on a file, or in a pipe (subprocess.PIPE)."""
    command = [sys.executable, "-c", CODE.format(run=run)]
    if isinstance(output, int):
        return subprocess.run(command, stdout=output, stderr=subprocess.PIPE, text=True)
    with Path(output).open("w") as stream:
        return subprocess.run(command, stdout=stream, stderr=subprocess.PIPE, text=True)


def test_what_is_printed_arrives() -> None:
    done = ended("print('é'); print('b', flush=True)", subprocess.PIPE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "é\nb\n", "")


@pytest.mark.parametrize("run", ["print('a', flush=True)", "print('a' * 100_000)", "print('a')"])
def test_an_output_that_cannot_be_written_is_named(run: str) -> None:
    done = ended(run, "/dev/full")
    if run != "print('a')":
        expected = (
            "error: the standard output: expected one that can be written, got No space left on device\n"
        )
        assert (done.returncode, done.stderr) == (1, expected)
    assert "Traceback" not in done.stderr


def test_other_errors_pass() -> None:
    done = ended("raise OSError(28, 'full', 'a.tar')", subprocess.PIPE)
    assert done.returncode == 1 and "OSError: [Errno 28] full: 'a.tar'" in done.stderr


def test_an_exit_keeps_its_code() -> None:
    assert ended("raise SystemExit(75)", subprocess.PIPE).returncode == 75
