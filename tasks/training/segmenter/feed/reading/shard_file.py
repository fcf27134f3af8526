"""Members of single samples, from shards and folders."""

from __future__ import annotations

import os
import tarfile
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from assets.wording import count_of
from shards import storage
from shards.reader import BadShard, MissingShard, read_whole
from shards.tar import MemberSpan, iterate

_ADVICE = "run the `natocc build` that made it again, which repairs it"
# Shards elsewhere that are held as a whole.
_HELD = 4
# Shards that are hashed at a time.
_HASHING = 4
# Device, number, size and time of change of a file: another one where it was written or replaced.
_Identity = tuple[int, int, int, int]
_Spans = dict[str, dict[str, MemberSpan]]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFile:
    """A shard with its hash and number of samples, or a folder of ``img`` and ``mask`` (both 0 and "")."""

    url: str
    sha256: str = ""
    samples: int = 0

    @property
    def is_folder(self) -> bool:
        return not self.sha256


class MemberReader:
    """Reads members by sample. A shard is compared with its hash before its first sample is used.

    Of a local shard the places of the members are kept; shards elsewhere are held as a whole, the last four.
    A copy in another process takes over which local shards were compared, and compares those that were
    written since.
    """

    def __init__(
        self, files: tuple[SampleFile, ...], compared: Mapping[int, _Identity] | None = None
    ) -> None:
        self._files = files
        self._compared = dict(compared or {})
        self._spans: dict[int, _Spans] = {}
        self._held: OrderedDict[int, dict[str, dict[str, bytes]]] = OrderedDict()

    def __reduce__(
        self,
    ) -> tuple[type[MemberReader], tuple[tuple[SampleFile, ...], Mapping[int, _Identity]]]:
        return MemberReader, (self._files, self._compared)

    def compare(self, numbers: Iterable[int]) -> None:
        """Compare the local shards of these numbers with their hashes, for this process and copies of it.

        Raises BadShard for a damaged or missing shard.
        """
        paths = {number: storage.local_path(self._files[number].url) for number in set(numbers)}
        local = [(number, path) for number, path in sorted(paths.items()) if path is not None]
        with ThreadPoolExecutor(_HASHING) as pool:
            for _ in pool.map(lambda one: self._compare(*one), local):
                pass

    def read(self, number: int, key: str, names: Collection[str]) -> dict[str, bytes]:
        """Those members ``names`` of a sample that exist. Raises BadShard for a damaged or missing shard."""
        file = self._files[number]
        if file.is_folder:
            return _read_folder(file.url, key, names)
        path = storage.local_path(file.url)
        if path is None:
            return _of(self._whole(number, file), key, names, file.url)
        if self._compare(number, path) or number not in self._spans:
            self._spans[number] = _spans_of(file, path)
        spans = _of(self._spans[number], key, names, file.url)
        return _read_spans(str(path), spans)

    def where(self, number: int, key: str) -> str:
        """The beginning of a message about a sample."""
        return f"{self._files[number].url}: {key}"

    def _compare(self, number: int, path: Path) -> bool:
        """Compare a local shard with its hash, unless the same file was before; whether it was compared."""
        file = self._files[number]
        if file.is_folder:
            return False
        try:
            found = _identity_of(path)
            if self._compared.get(number) == found:
                return False
            same = storage.sha256_of(file.url) == file.sha256
        except FileNotFoundError as error:
            raise MissingShard(
                f"{file.url}: expected the shard that the index lists, got no file; {_ADVICE}"
            ) from error
        if not same:
            raise BadShard(f"{file.url}: expected the shard that the index lists, got other bytes; {_ADVICE}")
        self._compared[number] = found
        return True

    def _whole(self, number: int, file: SampleFile) -> dict[str, dict[str, bytes]]:
        if number not in self._held:
            data = read_whole(file.url, file.sha256)
            try:
                found = dict(iterate(data))
            except (tarfile.TarError, ValueError) as error:
                raise BadShard(f"{file.url}: expected a whole tar, got a damaged one; {_ADVICE}") from error
            _check_count(file, len(found))
            self._held[number] = found
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(number)
        return self._held[number]


def _of(samples: dict[str, dict[str, Value]], key: str, names: Collection[str], url: str) -> dict[str, Value]:
    if key not in samples:
        raise BadShard(f"{url}: expected sample {key!r}, got none of that key; {_ADVICE}")
    return {name: value for name, value in samples[key].items() if name in names}


def _identity_of(path: Path) -> _Identity:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _spans_of(file: SampleFile, path: Path) -> _Spans:
    """Where each member lies in a local shard."""
    spans: _Spans = {}
    try:
        with tarfile.open(str(path), mode="r:") as tar:
            for info in tar:
                key, _, extension = info.name.partition(".")
                spans.setdefault(key, {})[extension] = MemberSpan(info.offset_data, info.size)
    except tarfile.TarError as error:
        raise BadShard(f"{file.url}: expected a whole tar, got a damaged one; {_ADVICE}") from error
    _check_count(file, len(spans))
    return spans


def _check_count(file: SampleFile, found: int) -> None:
    if found != file.samples:
        raise BadShard(f"{file.url}: expected {count_of(file.samples, 'samples')}, got {found}; {_ADVICE}")


def _read_spans(path: str, spans: dict[str, MemberSpan]) -> dict[str, bytes]:
    opened = os.open(path, os.O_RDONLY)
    try:
        return {name: os.pread(opened, span.size, span.offset) for name, span in spans.items()}
    finally:
        os.close(opened)


def _read_folder(url: str, key: str, names: Collection[str]) -> dict[str, bytes]:
    """``key`` is the picture's file name; labels have its stem and end in .png."""
    label = f"{PurePosixPath(key).stem}.png"
    places = {
        "jpg": storage.join(url, "img", key),
        "mask.png": storage.join(url, "mask", label),
        "parsing.png": storage.join(url, "parsing", label),
    }
    wanted = {name: place for name, place in places.items() if name in names}
    return {name: storage.read_bytes(place) for name, place in wanted.items() if storage.exists(place)}
