"""One withdrawal at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from shards.lock import lock
from tasks.withdraw.options import WithdrawOptions
from tasks.withdraw.versions import datasets_in

_LOCK = ".lock-withdraw"


@contextmanager
def alone(options: WithdrawOptions) -> Iterator[None]:
    """Keep other withdrawals from the datasets; nothing is held for a dry run.

    Raises InUse if there is one, unless ``wait``; FileNotFoundError if there is no dataset.
    """
    with ExitStack() as held:
        # In one order, so that two withdrawals never wait for each other.
        for url in () if options.dry_run else sorted(datasets_in(options.dataset)):
            held.enter_context(lock(url, wait=options.wait, name=_LOCK))
        yield
