"""A lease: a lock on an object store, which ends some time after its holder has stopped renewing it.

The lease is an object that names its holder. It is made, renewed and taken over by writes on a condition, so
that of two runs one alone gets it. No clock of this machine takes part.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from shards.locking.holder import UNKNOWN_HOLDER, InUse, describe_self, name_holder
from shards.remote.conditional import (
    ConditionalObject,
    ConditionFailed,
    FoundObject,
    NoConditions,
    conditional_object,
    knows_conditions,
    read_found,
    remove_if,
    write_if,
)

# Seconds after a renewal until others may take the lease over, and renewals in that time.
EXPIRES_AFTER = 30.0
_RENEWALS = 6
# Seconds in which a renewal counts as just made, so that many small writes do not renew it each.
_FRESH = 1.0
# A renewal of the heartbeat that takes longer is given up; the next one follows.
_PATIENCE = 20.0
_TRIES = 5
# Does not stand still while the machine sleeps.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_held: set[Lease] = set()
# Servers whose conditions were tried.
_known: set[tuple[str, str]] = set()


class LeaseLost(InUse):
    """This process held a lease, and another may write there now."""


class Lease:
    """A lease that this process holds. A thread renews it until ``release``."""

    def __init__(self, folder: str, place: ConditionalObject, fields: dict[str, Any], etag: str) -> None:
        self.folder = folder
        self._place, self._fields, self._etag = place, fields, etag
        self._process, self._confirmed = os.getpid(), _now()
        self._lost = ""
        self._guard, self._end = threading.Lock(), threading.Event()
        _held.add(self)
        threading.Thread(target=self._beat, name="natocc-lease", daemon=True).start()

    def check(self, patience: float | None = None) -> None:
        """Renew the lease unless that has just been done. Raises LeaseLost; OSError where the server does not
        answer, after ``patience`` seconds if that is given.
        """
        if self.is_ours():
            with self._guard:
                if self._lost or _now() - self._confirmed > _FRESH:
                    self._renew(patience)

    def is_ours(self) -> bool:
        """Whether this process took it. One that was forked does not hold what its parent holds."""
        return os.getpid() == self._process

    def check_after_error(self) -> None:
        """Raise LeaseLost if the lease is known to be lost: what went wrong may be the other run's work."""
        with contextlib.suppress(OSError):
            self.check(_PATIENCE)

    def release(self) -> None:
        """Remove the lease if it is still held. Where the server does not answer it ends by itself."""
        self._end.set()
        _held.discard(self)
        with self._guard, contextlib.suppress(OSError, ConditionFailed):
            found = None if self._lost else read_found(self._place)
            if found is not None and self._is_own(found):
                remove_if(self._place, found.etag)

    def _beat(self) -> None:
        while not self._end.wait(self._fields["expires_after"] / _RENEWALS):
            with self._guard, contextlib.suppress(OSError, LeaseLost):
                if not self._end.is_set():
                    self._renew(_PATIENCE)

    def _renew(self, patience: float | None) -> None:
        for _ in range(_TRIES):
            if self._lost:
                raise LeaseLost(self._lost)
            before = _now()
            fields = self._fields | {"renewed": self._fields["renewed"] + 1}
            try:
                self._etag = write_if(self._place, _encode(fields), etag=self._etag, timeout=patience)
                self._fields, self._confirmed = fields, before
                return
            except ConditionFailed:
                self._see_who_holds_it()
        raise OSError(f"{self._place.url}: expected to renew the lease, got a refusal each time")

    def _see_who_holds_it(self) -> None:
        """Take note of a renewal whose answer was lost, or of the lease's loss."""
        found = read_found(self._place)
        if found is not None and self._is_own(found):
            self._etag = found.etag
            return
        after = self._fields["expires_after"]
        late = f"this run did not renew it for {after:g} s"
        now = (
            f"nobody: {late}, and the run that took it over has ended, or its object was removed"
            if found is None
            else f"{_holder_of(found)}: {late}, or its object was removed"
        )
        self._lost = (
            f"{self.folder}: expected this run to hold the lease that it took there, got {now}; this run "
            "writes nothing more; run the same command again"
        )

    def _is_own(self, found: FoundObject) -> bool:
        return bool(_decode(found).get("token") == self._fields["token"])


def check_leases(url: str) -> None:
    """Renew the leases that this process holds of the folders around ``url``.

    Raises LeaseLost if another run may write there by now; OSError where the server does not answer.
    """
    for lease in _around(url):
        lease.check()


def leases_around(url: str) -> Callable[[], None] | None:
    """``check_leases`` of this URL; None if this process holds no lease around it."""
    if not any(lease.is_ours() for lease in _around(url)):
        return None
    return partial(check_leases, url)


def _around(url: str) -> list[Lease]:
    return [lease for lease in tuple(_held) if f"{url}/".startswith(f"{lease.folder}/")]


class LeaseWatch:
    """One's way to a lease that another run may hold."""

    def __init__(self, url: str, name: str) -> None:
        """Raises NoConditions where there are no leases, OSError where the bucket can't be reached."""
        self._folder = url.rstrip("/")
        self._place = conditional_object(f"{self._folder}/{name}")
        self._etag, self._since = "", _now()

    def holder(self) -> str | None:
        """The holder in words; None if the lease is free."""
        found = read_found(self._place)
        return None if found is None or self._is_dead(found) else _holder_of(found)

    def try_take(self) -> Lease | str:
        """The lease, or its holder in words. Raises NoConditions, OSError."""
        fields = describe_self() | {
            "token": uuid.uuid4().hex,
            "renewed": 0,
            "expires_after": EXPIRES_AFTER,
        }
        for _ in range(_TRIES):
            found = read_found(self._place)
            # A server may have answered a first try that got lost.
            own = found is not None and _decode(found).get("token") == fields["token"]
            if found is not None and not own and not self._is_dead(found):
                return _holder_of(found)
            with contextlib.suppress(ConditionFailed):
                etag = write_if(self._place, _encode(fields), etag=None if found is None else found.etag)
                self._require_conditions(fields, etag)
                return Lease(self._folder, self._place, fields, etag)
        return UNKNOWN_HOLDER

    def _is_dead(self, found: FoundObject) -> bool:
        """Not renewed for long by the server's clock, or as far as this watch has seen."""
        if found.etag != self._etag:
            self._etag, self._since = found.etag, _now()
        after = float(_decode(found).get("expires_after", EXPIRES_AFTER))
        return found.age > after or _now() - self._since > after

    def _require_conditions(self, fields: dict[str, Any], etag: str) -> None:
        """Raise NoConditions for a server that ignores them; the object is removed then."""
        server = (str(self._place.filesystem.storage_options), self._place.bucket)
        if server in _known:
            return
        if not knows_conditions(self._place, _encode(fields)):
            with contextlib.suppress(ConditionFailed):
                remove_if(self._place, etag)
            raise NoConditions(self._place.url)
        _known.add(server)


def _holder_of(found: FoundObject) -> str:
    with contextlib.suppress(KeyError, TypeError):
        return name_holder(_decode(found))
    return UNKNOWN_HOLDER


def _encode(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields).encode()


def _decode(found: FoundObject) -> dict[str, Any]:
    """The fields of a lease; without any if it is damaged."""
    try:
        fields = json.loads(found.data)
        after = fields.get("expires_after", EXPIRES_AFTER)
        return fields if isinstance(after, int | float) else {}
    except (ValueError, AttributeError, RecursionError):
        return {}


def _now() -> float:
    return time.clock_gettime(_CLOCK)
