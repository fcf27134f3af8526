"""Inputs and outputs that options name: whether they exist, without reading them.

Each function returns the problem as "expected ..., got ...", or None. A URL of a bucket is not looked up.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from natocc.files.clutter import is_clutter
from natocc.files.read import is_there, what_is
from tasks.published import published_around


@dataclass(frozen=True, slots=True)
class InputCheck:
    """Metadata of an option's type: the function gets its value, unless that is None, before a job runs."""

    problem_of: Callable[[Any], str | None]


def _refuse_url(path: Path) -> Path:
    # A path has lost one of the two slashes.
    if re.match(r"[A-Za-z][\w+.-]+:/", str(path)):
        raise PydanticCustomError("local_path", "a local path")
    return path


# A path on this machine. A URL would otherwise become a folder of this machine.
LocalPath = Annotated[Path, AfterValidator(_refuse_url)]
# Pictures that a command can write.
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
# Datasets in a folder that are named.
_NAMED = 5


def missing_folder(path: str | Path, what: str) -> str | None:
    """The problem of a folder that does not exist."""
    if _is_remote(path) or _local(path).is_dir():
        return None
    return f"expected a folder of {what}, got {'a file' if _local(path).exists() else 'none'} at {path}"


def missing_file(path: str | Path, what: str) -> str | None:
    """The problem of a file that does not exist."""
    if _is_remote(path) or _local(path).is_file():
        return None
    return f"expected {what}, got {'a folder' if _local(path).is_dir() else 'no file'} at {path}"


def missing_bank(url: str) -> str | None:
    """The problem of a bank that does not exist, or that is unfinished."""
    from natocc.occluders.bank_files import BANK_INDEX, BANK_TABLE

    if _is_remote(url) or (_local(url) / BANK_INDEX).is_file():
        return None
    if problem := _unfit_index(url, (BANK_INDEX,)):
        return f"{problem}; remove it, and run the same `natocc prepare` again"
    if (_local(url) / BANK_TABLE).is_file():
        return f"expected a bank, got an unfinished one at {url}; run the same `natocc prepare` again"
    return (
        f"expected a bank ({BANK_INDEX} in it), got none at {url}; "
        "make one with `natocc prepare --raw DIR --bank URL`"
    )


def missing_version(url: str) -> str | None:
    """The problem of a version or dataset that does not exist."""
    from manifests.dataset import DATASET_INDEX, LATEST
    from natocc.occluders.bank_files import BANK_INDEX
    from shards.storage import describe_content

    if _is_remote(url) or any((_local(url) / name).is_file() for name in (DATASET_INDEX, LATEST)):
        return None
    if problem := _unfit_index(url, (DATASET_INDEX, LATEST)):
        return f"{problem}; remove it, and run the same `natocc build` again, which repairs the version"
    got = "a bank" if (_local(url) / BANK_INDEX).is_file() else describe_content(url)
    return (
        f"expected a version ({DATASET_INDEX} in it) or a dataset ({LATEST}), "
        f"got {got} at {url}; {_which_version(url, (DATASET_INDEX, LATEST))}"
    )


def _which_version(url: str, names: Iterable[str]) -> str:
    """Which folder to give: the datasets and versions in this one, those beside it, else what was printed."""
    from manifests.history import nearest_versions

    places = {place.parent for name in names for place in _local(url).glob(f"*/{name}")}
    found = sorted(str(place) for place in places if not is_clutter(place.name))
    if not found and (near := nearest_versions(os.path.abspath(_local(url)))):  # noqa: PTH100
        return f"did you mean {' or '.join(near)}?"
    if not found:
        return "give the path that `natocc build` printed"
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"give one of those in it: {', '.join(found[:_NAMED])}{more}"


def _unfit_index(url: str, names: Iterable[str]) -> str | None:
    """The problem of an index that is a folder, a pipe or a link to nothing."""
    there = (_local(url) / name for name in names if is_there(_local(url) / name))
    unfit = next(((path, found) for path in there if (found := what_is(path))), None)
    return unfit and f"expected the file {unfit[0]}, got {unfit[1]}"


def missing_version_or_bank(url: str) -> str | None:
    """The problem of a URL that is neither a version, a dataset nor a bank."""
    version, bank = missing_version(url), missing_bank(url)
    if version is None or bank is None:
        return None
    if version.startswith("expected the file "):
        return version
    own = bank.startswith(("expected a bank, got an unfinished one", "expected the file "))
    return bank if own else version.replace("expected", "expected a bank (bank.json in it),", 1)


def blocked_folder(path: str | Path, own: str = "") -> str | None:
    """The problem of a folder to write: a file or a version is in the way, or a trial fails.

    ``own``: the index that may lie there. Nothing is left there.
    """
    from shards.check_output import check_folder

    if _is_remote(path):
        return None
    if problem := published_around(_local(path), own=own):
        return problem
    places = (_local(path), *_local(path).parents)
    # Path's own raises where a name is too long or a folder is closed.
    file = next((place for place in places if os.path.isfile(place)), None)  # noqa: PTH113
    if file is not None:
        return f"expected a folder or a new name, got the file {file}"
    try:
        check_folder(str(_local(path)))
    except OSError as error:
        return str(error)
    return None


def blocked_bank(url: str) -> str | None:
    """The problem of a bank to write, where an earlier one may lie."""
    from natocc.occluders.bank_files import BANK_INDEX

    return blocked_folder(url, BANK_INDEX)


def blocked_file(path: str) -> str | None:
    """The problem of a file to write: it would lie in a version or a bank."""
    return None if _is_remote(path) else published_around(_local(path))


def occupied_folder(path: str | Path) -> str | None:
    """The problem of a folder to write that is not new and not empty, but for clutter."""
    if problem := blocked_folder(path):
        return problem
    if _is_remote(path) or not _local(path).is_dir():
        return None
    names = (place.name for place in _local(path).iterdir())
    found = min((name for name in names if not is_clutter(name)), default=None)
    return None if found is None else f"expected a new or empty folder, got {path} with {found} in it"


def choice_problem(value: str, choices: Iterable[str]) -> str | None:
    """The problem of a value that is none of ``choices``."""
    known = list(choices)
    if value in known:
        return None
    *first, last = known
    expected = f"{', '.join(first)} or {last}" if first else last
    return f"expected {expected}, got {value!r}"


def _is_remote(path: str | Path) -> bool:
    return isinstance(path, str) and "://" in path


def _local(path: str | Path) -> Path:
    return Path(path).expanduser()


def folder_of(what: str) -> InputCheck:
    """The check of a folder that must exist."""
    return InputCheck(partial(missing_folder, what=what))


def file_of(what: str) -> InputCheck:
    """The check of a file that must exist."""
    return InputCheck(partial(missing_file, what=what))


# What options name, as types of their fields.
BankUrl = Annotated[str, InputCheck(missing_bank)]
VersionUrl = Annotated[str, InputCheck(missing_version)]
VersionOrBankUrl = Annotated[str, InputCheck(missing_version_or_bank)]
RawFolder = Annotated[LocalPath, folder_of("datasets")]
NewBankUrl = Annotated[str, InputCheck(blocked_bank)]
OutUrl = Annotated[str, InputCheck(blocked_folder)]
OutFolder = Annotated[LocalPath, InputCheck(blocked_folder)]
NewFolder = Annotated[LocalPath, InputCheck(occupied_folder)]
