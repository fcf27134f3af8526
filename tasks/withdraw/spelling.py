"""Other spellings of an input's name, and the input behind a file that the bank has read."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from assets.reading.naming import normal
from shards import storage
from tasks.prepare.records import FOLDER, read_record
from tasks.prepare.report import PROBLEMS

_SHA256 = re.compile("[0-9a-fA-F]{64}")


def spelt_names(name: str, raw: Path) -> tuple[str, ...]:
    """The name as it is given, then as a hash in lower case, or as a path within the raw folder.

    A path counts from the raw folder, or else from the working folder.
    """
    if _SHA256.fullmatch(name):
        return tuple(dict.fromkeys((name, name.lower())))
    path = name.replace("\\", "/")
    # ".." of names alone, and links of a raw folder's datasets left as they are.
    within = (
        os.path.normpath(path),
        os.path.relpath(path, raw),
        os.path.relpath(os.path.realpath(path), os.path.realpath(raw)),
    )
    paths = (one for one in within if PurePosixPath(one).parts[0] not in ("/", "//", "..", "."))
    return tuple(dict.fromkeys((name, *paths)))


def files_named(bank: str, names: Collection[str]) -> list[str]:
    """The files that the bank was prepared from whose path or own sha256 is one of the names."""
    wanted = {*names, *map(normal, names)}
    return sorted(path for path, sha256 in files_read(bank) if normal(path) in wanted or sha256 in wanted)


def check_is_input(bank: str, file: str) -> None:
    """Raise ValueError for a file that was read with another one: a mask, say, which is no input.

    One that was refused or withdrawn is an input.
    """
    if file not in _refused(bank):
        raise ValueError(
            f"INPUT: expected a photograph, got {file}, which the bank reads beside one, as a mask; give the "
            "photograph that it belongs to"
        )


def files_read(bank: str) -> Iterator[tuple[str, str]]:
    """Path and own sha256 of each file that the bank was prepared from."""
    for file in storage.list_names(storage.join(bank, FOLDER), data_alone=True):
        record = read_record(bank, file.removesuffix(".json"))
        for path, mark in ({} if record is None else record.inputs).items():
            yield path, "" if mark is None else mark.sha256


def _refused(bank: str) -> set[str]:
    """The files that the bank's problems name."""
    lines = storage.read_bytes(storage.join(bank, PROBLEMS)).decode().splitlines()
    return {json.loads(line)["path"] for line in lines}
