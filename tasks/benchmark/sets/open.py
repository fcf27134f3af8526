"""Test sets by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from assets.problems import Problem, ReportProblem
from tasks.benchmark.sets.banked import REAL_FACES, UNOCCLUDED, open_banked
from tasks.benchmark.sets.cofw import COFW_400, COFW_500, open_cofw
from tasks.benchmark.sets.folder import open_folder
from tasks.benchmark.sets.held_out import open_held_out
from tasks.benchmark.sets.picture import TestSet

# Sets that are known by name. Versions and folders give more.
KNOWN_SETS = (*REAL_FACES, COFW_500, COFW_400, UNOCCLUDED)


def _ignore(problem: Problem) -> None:
    """Report to nobody."""


def open_test_sets(
    names: Sequence[str],
    *,
    bank_url: str | None = None,
    versions: Sequence[str] = (),
    folders: Mapping[str, str] | None = None,
    raw: Path | None = None,
    report: ReportProblem = _ignore,
) -> tuple[TestSet, ...]:
    """Open the sets ``names`` of ``KNOWN_SETS``, then those of ``versions``, then ``folders`` by their names.

    ``bank_url``: the bank with the faces; ``versions``: URLs of versions or datasets, whose test samples are
    a set ``<dataset>/<set>`` for each set of their recipe; ``raw``: the raw folder, for sets that no bank
    has. A set whose data is not there is ``missing`` and says why. ``report`` takes what was converted or
    left out.

    Raises ValueError for an unknown name and for a name that two sets have; FileNotFoundError for a version
    that is none; BadBank, BadShard and BadInput, which name the file, for damaged data.
    """
    unknown = [name for name in names if name not in KNOWN_SETS]
    if unknown:
        raise ValueError(f"sets: expected names among {', '.join(KNOWN_SETS)}, got {', '.join(unknown)}")
    found = tuple(_opened(names, bank_url, versions, folders or {}, raw, report))
    twice = [name for name, count in Counter(one.name for one in found).items() if count > 1]
    if twice:
        raise ValueError(
            f"test sets: expected a name of its own for each, got {', '.join(twice)} twice; give each set, "
            "version and folder once, and folders other names"
        )
    return found


def _opened(
    names: Sequence[str],
    bank_url: str | None,
    versions: Sequence[str],
    folders: Mapping[str, str],
    raw: Path | None,
    report: ReportProblem,
) -> Iterator[TestSet]:
    for name in names:
        in_raw = name in (COFW_500, COFW_400)
        yield open_cofw(name, raw, report) if in_raw else open_banked(name, bank_url)
    for url in versions:
        yield from open_held_out(url)
    for name, folder in folders.items():
        yield open_folder(name, folder, report)
