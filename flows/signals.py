"""A signal ends a flow run: its log says what is kept, and Prefect records the run's state."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from prefect import get_run_logger
from prefect._internal.control_listener import get_intent
from prefect.exceptions import TerminationSignal

from tasks.workers import signals
from tasks.workers.guard import guard_children

# Prefect's own handler of SIGTERM takes part in cancelling a run.
_OURS = (signal.SIGINT, signal.SIGHUP)
_SERVER = "PREFECT__SERVER_EPHEMERAL=1"


@contextmanager
def stopped_by_signals(note: str) -> Iterator[None]:
    """Within the block, a signal kills the workers and ends the run; ``note`` says what is kept.

    Prefect then has a few seconds to record the state of the run before the process ends with 128 + n.
    """
    # The server that Prefect has started for this run alone.
    guard_children(_SERVER)
    with signals.handle_signals(_OURS, to_the_end=True), signals.kept(note):
        try:
            yield
        except BaseException as error:
            if isinstance(error, TerminationSignal):
                signals.notice(error.signal)
            if signals.received() is None:
                raise
            stop = error if isinstance(error, signals.Interrupted) else signals.interrupted()
            get_run_logger().warning("%s", stop)
            if isinstance(error, TerminationSignal) and get_intent() is not None:
                # A cancelled run: Prefect itself sent the signal, and takes its own exception.
                raise
            raise stop from error
