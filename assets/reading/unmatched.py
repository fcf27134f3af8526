"""Inputs that match nothing: counted and named, one finding for each source and kind."""

from __future__ import annotations

from collections.abc import Iterable

from assets.problems import Problem, Unmatched
from assets.reading.tally import Tally
from assets.wording import count_of


def unmatched(source: str, kind: str, names: Tally | Iterable[str], *, expected: str, todo: str) -> Unmatched:
    """The finding about inputs of ``source`` (a table or a folder, relative to the raw folder).

    ``kind`` is a plural with what they lack. ``names`` is not empty; the first few are shown. ``todo`` says
    what to do.

    >>> print(unmatched("hands.csv", "rows without a photograph", ["a", "b"],
    ...                 expected="a photograph for each row", todo="correct the names"))
    hands.csv: expected a photograph for each row, got 2 rows without a photograph (a, b); correct the names
    """
    tally = names if isinstance(names, Tally) else tally_of(names)
    noun, _, lack = kind.partition(" ")
    got = f"{count_of(tally.count, noun)} {lack} ({tally.names}); {todo}"
    return Unmatched(
        path=source,
        expected=expected,
        got=got,
        kind=kind,
        count=tally.count,
        names=tuple(tally.first),
        todo=todo,
    )


def unread_files(source: str, names: Tally | Iterable[str], expected: str, advice: str = "") -> Unmatched:
    """The finding about files of a folder that no reader reads."""
    todo = advice or "rename or move them as docs/raw-data.md says, or take them out"
    return unmatched(source, "files that no reader reads", names, expected=expected, todo=todo)


def tally_of(names: Iterable[str]) -> Tally:
    """The tally of these names."""
    tally = Tally()
    for name in names:
        tally.add(name)
    return tally


def only_unmatched(problems: Iterable[Problem]) -> tuple[Unmatched, ...]:
    """Those findings that are about unmatched inputs."""
    return tuple(problem for problem in problems if isinstance(problem, Unmatched))
