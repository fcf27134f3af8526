"""SIGINT, SIGTERM and SIGHUP: the first signal stops the work within five seconds, the second at once."""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from tasks.workers.flush import flush_printed
from tasks.workers.guard import kill_guarded

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds from a signal to the forced end of the process.
_GRACE, _GRACE_OF_SECOND = 3.5, 0.5
# Programs such as timeout send one signal twice.
_ONE_SIGNAL = 0.1
# Seconds until a signal that came at a bad moment is sent again.
_RETRY = 0.01


class Interrupted(SystemExit):
    """A signal stopped the work. The exit code is 128 + its number."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code: int = code


@dataclass(slots=True)
class _State:
    """The signals of this process. One object, since a process has one set of handlers."""

    number: int | None = None  # of the last signal
    arrived: float = 0.0  # when the first one came
    handled: int = 0  # signals that the main thread has seen
    installed: bool = False
    deferring: bool = False
    notes: list[Callable[[], str]] = field(default_factory=list)

    def reset(self, notes: int) -> None:
        """Back to no signal, and to the first ``notes`` notes."""
        self.number, self.arrived, self.handled, self.installed = None, 0.0, 0, False
        del self.notes[notes:]


_state = _State()


def received() -> int | None:
    """The number of the signal that stops this process; None without one."""
    return _state.number


def notice(number: int) -> None:
    """Record a signal that another handler has turned into an exception."""
    if _state.installed:
        _state.number = number


def interrupted() -> Interrupted:
    """The exception of the signal that came."""
    return Interrupted(describe_stop(), _exit_code())


def _exit_code() -> int:
    return 128 + (_state.number or signal.SIGTERM)


def describe_stop() -> str:
    """What the user reads: the signal, what is kept, how to go on."""
    try:
        note = _state.notes[-1]()
    except Exception:
        # No note, or one that fails: the process has to end all the same.
        note = "run the same command again"
    return f"stopped by {signal.Signals(_state.number or signal.SIGTERM).name}: {note}"


@contextmanager
def kept(note: str | Callable[[], str]) -> Iterator[None]:
    """State what is kept and how to go on, if a signal comes within the block.

    A note that is called has to answer at once: it must not ask files or a network.
    """
    _state.notes.append(note if callable(note) else lambda: note)
    try:
        yield
    finally:
        # It still holds while the process ends.
        if _state.number is None:
            _state.notes.pop()


@contextmanager
def handle_signals(
    numbers: tuple[signal.Signals, ...] = SIGNALS, *, to_the_end: bool = False
) -> Iterator[None]:
    """Within the block, the first signal kills this process's workers and raises Interrupted.

    If the main thread does not leave the block in time, the process ends with the same message and exit code.
    With ``to_the_end`` that also holds for what follows the block, once a signal has come. A SIGHUP that is
    ignored (nohup) stays so. Outside the main thread, and within another such block, nothing is changed.
    """
    if _state.installed or threading.current_thread() is not threading.main_thread():
        yield
        return
    notes = len(_state.notes)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with _handlers(numbers):
        before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        watcher = threading.Thread(target=_watch, args=(reading,), name="signals", daemon=True)
        watcher.start()
        _state.installed = True
        try:
            yield
        finally:
            if to_the_end and _state.number is not None:
                # Runs before what others have registered, which may take its time.
                atexit.register(_end)
            else:
                signal.set_wakeup_fd(before)
                os.close(writing)
                watcher.join()
                _state.reset(notes)


@contextmanager
def deferred() -> Iterator[None]:
    """Within the block, the first signal raises nothing; ``received()`` returns it.

    The work has to end by itself soon: the process ends some seconds later.
    """
    was, _state.deferring = _state.deferring, True
    try:
        with _handlers(SIGNALS):
            yield
    finally:
        _state.deferring = was


def arrives() -> bool:
    """Whether a signal has come, or comes in the next moment.

    A signal to a whole group of processes may reach a worker first, which is then lost.
    """
    if _state.installed and _state.number is None:
        time.sleep(_ONE_SIGNAL)
    return _state.number is not None


def end_process(error: BaseException | None = None) -> NoReturn:
    """Print what the signal left and end this process now, without waiting for threads or children.

    An ``Interrupted`` has the message of the work that it stopped.
    """
    message = str(error) if isinstance(error, Interrupted) else describe_stop()
    with contextlib.suppress(Exception):
        # A terminal's cursor, which a progress bar hides.
        shown = "\x1b[?25h\r\x1b[K" if sys.stderr.isatty() else ""
        os.write(2, f"{shown}{message}\n".encode())
    _end()


def _end() -> NoReturn:
    with contextlib.suppress(Exception):
        kill_guarded()
    flush_printed()
    os._exit(_exit_code())


@contextmanager
def _handlers(numbers: tuple[signal.Signals, ...]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handled = [
        number
        for number in numbers
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, _on_signal) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            # None: the handler was not set from Python and cannot be restored.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _on_signal(number: int, frame: FrameType | None) -> None:
    """Runs in the main thread, between two instructions."""
    if not _state.deferring and frame is not None and _drops_errors(frame):
        threading.Timer(_RETRY, os.kill, (os.getpid(), number)).start()
        return
    again = _state.handled and time.monotonic() - _state.arrived < _ONE_SIGNAL
    if again and number == _state.number:
        return
    _state.handled += 1
    if _state.handled == 1 and _state.arrived == 0.0:
        _state.arrived = time.monotonic()
    _state.number = number
    if _state.handled > 1 or not _state.deferring:
        raise interrupted()


def _drops_errors(frame: FrameType) -> bool:
    """Whether an exception may be lost where the signal came: an import's callbacks print it and go on."""
    return frame.f_code.co_filename.startswith("<frozen importlib")


def _watch(reading: int) -> None:
    """Runs in a thread of its own, as the main thread may be busy outside Python."""
    deadline: float | None = None
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([reading], [], [], left)[0]:
            end_process()
        numbers = os.read(reading, 64)
        if not numbers:
            os.close(reading)
            return
        for number in numbers:
            if number in SIGNALS:
                deadline = _next_deadline(number, deadline)


def _next_deadline(number: int, deadline: float | None) -> float:
    now = time.monotonic()
    if deadline is None:
        _state.number = number
        _state.arrived = _state.arrived or now
        if not _state.deferring:
            with contextlib.suppress(Exception):
                kill_guarded()
        return now + _GRACE
    if number == _state.number and now - _state.arrived < _ONE_SIGNAL:
        return deadline
    _state.number = number
    return min(deadline, now + _GRACE_OF_SECOND)
