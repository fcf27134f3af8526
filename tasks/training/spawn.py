"""Train in several processes of this machine, and end them together."""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from models.not_finite import Diverged
from shards import storage
from tasks.progress import OnProgress
from tasks.training.ranks import Ranks
from tasks.workers import signals

# Errors that a process reports under their own name.
_ERRORS: Mapping[str, type[Exception]] = {
    error.__name__: error for error in (Diverged, FileNotFoundError, OSError, ValueError)
}
# Seconds for the others to end after one has.
_GRACE = 5.0


class LostRank(ChildProcessError):
    """One of several processes ended before the training did."""


def spawn_ranks(
    train: Callable[..., None],
    arguments: tuple[Any, ...],
    count: int,
    *,
    state: str,
    on_progress: OnProgress,
) -> None:
    """Call ``train(*arguments, ranks, on_progress)`` in ``count`` new processes, and wait for all.

    ``state`` is the URL of the state that they write. Raises what a process raised, LostRank if one
    was killed, and Interrupted after a signal; no process remains.
    """
    context = multiprocessing.get_context("spawn")
    port = _free_port()
    pipes, processes = [], []
    note = f"the state after the last whole step is in {state}; run the same command again to resume"
    with signals.handle_signals(), signals.kept(note), signals.deferred():
        try:
            for rank in range(count):
                ours, theirs = context.Pipe()
                ranks = Ranks(rank=rank, world=count, local=count)
                process = context.Process(target=_work, args=(theirs, port, ranks, train, arguments))
                process.start()
                theirs.close()
                pipes.append(ours)
                processes.append(process)
            _attend(processes, pipes, state, on_progress)
        finally:
            for process in processes:
                process.kill()
                process.join()


def _attend(
    processes: Sequence[BaseProcess], pipes: Sequence[Connection], state: str, on_progress: OnProgress
) -> None:
    """Pass progress on until all have ended; raise for the first that fails."""
    stopping = False
    open_pipes = dict(enumerate(pipes))
    raised: dict[int, Exception] = {}
    while open_pipes:
        if signals.received() is not None and not stopping:
            stopping = True
            for process in processes:
                process.terminate()
        for pipe in wait(list(open_pipes.values()), timeout=0.2):
            rank = pipes.index(pipe)
            try:
                kind, value = open_pipes[rank].recv()
            except EOFError:
                del open_pipes[rank]
                processes[rank].join(_GRACE)
                if processes[rank].exitcode != 0 and not stopping:
                    raise _loss(rank, processes, raised, state) from raised.get(rank)
                continue
            if kind == "progress":
                on_progress(*value)
            else:
                raised[rank] = _ERRORS.get(kind, RuntimeError)(value)
    if stopping:
        raise signals.interrupted()


def _loss(
    rank: int, processes: Sequence[BaseProcess], raised: Mapping[int, Exception], state: str
) -> Exception:
    """What ended a process. One that was killed breaks the connections of the others."""
    for process in processes:
        process.join(_GRACE / len(processes))
    killed = [number for number, process in enumerate(processes) if (process.exitcode or 0) < 0]
    own = [error for error in raised.values() if type(error) is not RuntimeError]
    if not killed and own:
        return own[0]
    lost = killed[0] if killed else rank
    how = f"signal {-(processes[lost].exitcode or 0)}" if killed else f"{raised.get(rank, 'an error')}"
    kept = f"the last state is in {state}" if storage.exists(state) else "no state was written yet"
    return LostRank(
        f"process {lost + 1} of {len(processes)}: expected it to train to the end, got ended by {how}; the "
        f"others were ended too; {kept}; run the same command again to go on"
    )


def _work(
    pipe: Connection, port: int, ranks: Ranks, train: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    """One process. Its own group: signals of a terminal reach it through the process that waits."""
    os.setpgrp()
    os.environ |= {
        "TORCHELASTIC_RUN_ID": "natocc",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "RANK": str(ranks.rank),
        "LOCAL_RANK": str(ranks.rank),
        "GROUP_RANK": "0",
        "WORLD_SIZE": str(ranks.world),
        "LOCAL_WORLD_SIZE": str(ranks.local),
    }
    threading.Thread(target=_end_with_parent, args=(pipe,), daemon=True).start()

    def report(done: int, total: int | None) -> None:
        if ranks.leads:
            pipe.send(("progress", (done, total)))

    try:
        train(*arguments, ranks, report)
    except Exception as error:
        kind = type(error).__name__
        pipe.send((kind, str(error) if kind in _ERRORS else f"{kind}: {error}"))
        raise SystemExit(1) from None


def _end_with_parent(pipe: Connection) -> None:
    """End this process once the one that waits for it has gone: it sends nothing, so reading ends then."""
    try:
        pipe.recv_bytes()
    except (EOFError, OSError):
        if signals.received() is None:
            os._exit(1)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
