"""Writes to an object store on a condition: the name is free, or the object is still the one that was seen.

S3 has them (the headers If-None-Match and If-Match); some servers that speak its language ignore them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any

from fsspec import AbstractFileSystem
from fsspec.asyn import sync

from shards.remote.errors import clear_errors
from shards.remote.filesystem import open_filesystem, require_bucket

# The object is another than the condition says, or two writes met.
_REFUSALS = (409, 412)
_NOT_IMPLEMENTED = 501
# An ETag that no object has.
_NO_ETAG = f'"{"0" * 32}"'

# Raises if the lease that is held of a folder is lost.
Held = Callable[[], None]


class ConditionFailed(RuntimeError):
    """The object is not as the condition says. Nothing was written."""


class NoConditions(RuntimeError):
    """This storage can't write on a condition."""


@dataclass(frozen=True, slots=True)
class ConditionalObject:
    """Where an object lies on a storage that may know conditions."""

    url: str
    filesystem: AbstractFileSystem
    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object's content, what tells it from its successor, and the seconds since it was written.

    Both times are the server's.
    """

    data: bytes
    etag: str
    age: float


def conditional_object(url: str) -> ConditionalObject:
    """The object at a URL.

    Raises NoConditions for storage other than S3; OSError if the bucket does not exist or does not answer.
    """
    filesystem, path = open_filesystem(url)
    if "s3" not in filesystem.protocol or not hasattr(filesystem, "call_s3"):
        raise NoConditions(url)
    require_bucket(filesystem, path, url)
    return replace(_place(filesystem, path), url=url)


def read_found(place: ConditionalObject) -> FoundObject | None:
    """The object; None if there is none."""
    try:
        with _translated(place):
            answer = _call(place, "get_object")
            data = _read_body(place, answer)
    except FileNotFoundError:
        return None
    return FoundObject(data, str(answer["ETag"]), _age(answer))


def write_if(
    place: ConditionalObject, data: bytes, *, etag: str | None = None, timeout: float | None = None
) -> str:
    """Write the object if it still has this ETag, or without one if the name is free; returns its new ETag.

    Raises ConditionFailed if it is not so, NoConditions where the server knows no conditions, OSError where
    it does not answer, after ``timeout`` seconds if that is given.
    """
    condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
    try:
        with _translated(place):
            return str(_call(place, "put_object", Body=data, timeout=timeout, **condition)["ETag"])
    except FileNotFoundError as error:
        raise ConditionFailed(place.url) from error


def remove_if(place: ConditionalObject, etag: str) -> None:
    """Remove the object if it still has this ETag. Raises ConditionFailed if it has another, or is gone."""
    try:
        with _translated(place):
            _call(place, "delete_object", IfMatch=etag)
    except FileNotFoundError as error:
        raise ConditionFailed(place.url) from error


def replace_seen(
    filesystem: AbstractFileSystem,
    path: str,
    data: bytes,
    seen: Mapping[str, Any] | None,
    held: Held,
) -> None:
    """Write an object under a lease, over what was ``seen`` there (fsspec's ``info``) and nothing else.

    ``held`` renews the lease. It is called after the look, so that what was seen is of a time when no other
    run could write; what such a run writes later is not overwritten. Raises what ``held`` raises, and OSError
    if another process has written the object though the lease is held.
    """
    place = _place(filesystem, path)
    held()
    try:
        write_if(place, data, etag=None if seen is None else seen.get("ETag"))
    except ConditionFailed as error:
        held()
        found = read_found(place)
        # A server may have answered a first try that got lost.
        if found is not None and found.data == data:
            return
        raise OSError(
            f"{place.url}: expected the file that lay there, got one that another process has written since; "
            "end it, and run the same command again"
        ) from error


def remove_seen(filesystem: AbstractFileSystem, path: str, seen: Mapping[str, Any], held: Held) -> None:
    """Remove an object under a lease, as ``replace_seen`` writes one. A missing one is ignored."""
    held()
    try:
        remove_if(_place(filesystem, path), str(seen["ETag"]))
    except (ConditionFailed, NoConditions):
        # Some servers know conditions of writes alone.
        held()
        filesystem.rm_file(path)


def _place(filesystem: AbstractFileSystem, path: str) -> ConditionalObject:
    bucket, _, key = path.partition("/")
    return ConditionalObject(f"s3://{path}", filesystem, bucket, key)


def knows_conditions(place: ConditionalObject, data: bytes) -> bool:
    """Whether the server refuses to write an object that exists on conditions that do not hold."""
    for etag in (None, _NO_ETAG):
        try:
            write_if(place, data, etag=etag)
        except ConditionFailed:
            continue
        except NoConditions:
            pass
        return False
    return True


def _call(place: ConditionalObject, method: str, **given: Any) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = place.filesystem.call_s3(method, Bucket=place.bucket, Key=place.key, **given)
    return answer


def _read_body(place: ConditionalObject, answer: Mapping[str, Any]) -> bytes:
    data: bytes = sync(place.filesystem.loop, answer["Body"].read)
    return data


def _age(answer: Mapping[str, Any]) -> float:
    """Seconds since the object was written, by the server's clock alone; 0 if it does not tell its time."""
    now = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    if now is None:
        return 0.0
    return float((parsedate_to_datetime(now) - answer["LastModified"]).total_seconds())


@contextmanager
def _translated(place: ConditionalObject) -> Iterator[None]:
    """Raise the server's refusals as ConditionFailed and NoConditions, other errors in clear words."""
    try:
        with clear_errors(place.url):
            yield
    except Exception as error:
        status = _status(error)
        if status in _REFUSALS:
            raise ConditionFailed(place.url) from error
        if status == _NOT_IMPLEMENTED:
            raise NoConditions(place.url) from error
        raise


def _status(error: BaseException | None) -> int | None:
    """The number of the server's answer that led to an error."""
    while error is not None:
        response = getattr(error, "response", None)
        if isinstance(response, dict):
            return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        error = error.__cause__
    return None
