from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, sys
from tasks.workers.flush import flush_printed
print({text}, end="")
flush_printed()
os._exit(5)
"""


def test_printed_text_is_written() -> None:
    command = [sys.executable, "-c", PROGRAM.format(text="'kept'")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (5, "kept")


def test_a_pipe_that_nobody_reads_does_not_keep_the_process() -> None:
    command = [sys.executable, "-c", PROGRAM.format(text="'x' * 10_000_000")]
    # Nobody reads: the pipe is full after 64 KiB.
    with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
        assert run.wait(timeout=60) == 5
