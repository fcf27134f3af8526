"""Printed text is written before a process is ended by force, which skips that."""

from __future__ import annotations

import contextlib
import sys
import threading

# Seconds in which printed text has to be written.
_LIMIT = 0.3


def flush_printed() -> None:
    """Write what was printed and not written yet, for at most 0.3 s.

    In a thread, since nobody may read the other end of a pipe.
    """
    thread = threading.Thread(target=_flush, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        # The interpreter is ending and starts no threads.
        _flush()
    else:
        thread.join(_LIMIT)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
