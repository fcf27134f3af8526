from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import os
from tasks.workers.flush import flush_printed
{before}
print("kept", end="")
flush_printed()
os._exit(5)
"""
FILL = """
os.set_blocking(1, False)
try:
    while os.write(1, bytes(1 << 16)): pass
except BlockingIOError:
    os.set_blocking(1, True)
"""


# Output to a pipe is written late.
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def test_printed_text_is_written() -> None:
    command = [sys.executable, "-c", PROGRAM.format(before="")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=BUFFERED)
    assert (run.returncode, run.stdout) == (5, "kept")


def test_a_full_pipe_that_nobody_reads_does_not_keep_the_process() -> None:
    command = [sys.executable, "-c", PROGRAM.format(before=FILL)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=BUFFERED) as run:
        assert run.wait(timeout=60) == 5
