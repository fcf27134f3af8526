"""Who holds a lock, in words."""

from __future__ import annotations

import os
import re
import shlex
import socket
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from natocc.files.show import one_line

_LONGEST_COMMAND = 200
UNKNOWN_HOLDER = "another process"
ADVICE = "wait for it with --wait, or run again later"


class InUse(RuntimeError):
    """Another process writes there. The message names it."""


def describe_self() -> dict[str, Any]:
    """This process, as it stands in a lock."""
    program = Path(sys.argv[0] or "python")
    program = program.parent if program.name == "__main__.py" else program
    command = shlex.join([program.name, *sys.argv[1:]])
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        # Without the password of a URL.
        "command": re.sub(r"//[^/\s@]+@", "//", command)[:_LONGEST_COMMAND],
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def name_holder(row: Mapping[str, Any]) -> str:
    """The holder in words. Raises KeyError for a row without its fields."""
    # Anyone who may write the folder may have written this.
    command = one_line(row["command"], _LONGEST_COMMAND)
    pid, host, since = (one_line(row[name]) for name in ("pid", "host", "since"))
    return f"`{command}` (process {pid} on {host}, since {since})"


def in_use(url: str, holder: str, advice: str = ADVICE) -> InUse:
    """The error for a folder that another run writes."""
    return InUse(f"{url}: expected no other run that writes here, got {holder}; {advice}")


class Patience:
    """How long one waits for a lock, from now on."""

    def __init__(self, seconds: float | None, advice: str = ADVICE) -> None:
        """``seconds``: None without end, 0 not at all. ``advice``: what to do after that."""
        self._end = None if seconds is None else time.monotonic() + seconds
        self._advice = advice

    def require(self, url: str, holder: str) -> None:
        """Raise InUse with the holder's name if the time is over."""
        if self._end is not None and time.monotonic() >= self._end:
            raise in_use(url, holder, self._advice)
