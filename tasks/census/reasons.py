"""Findings counted by dataset and reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assets.problems import Problem

# Paths, numbers and quoted names, which differ between findings of one reason.
_NAMES = re.compile(r"'[^']*'|\S*[/\\\d]\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How many findings of a dataset expected the same."""

    dataset: str  # the first folder of their paths
    action: str
    expected: str
    count: int


def count_reasons(problems: Iterable[Problem]) -> tuple[Reason, ...]:
    """The reasons of all findings but unmatched inputs, the most frequent first."""
    counts = Counter(
        (problem.path.partition("/")[0], problem.action, _NAMES.sub("…", problem.expected))
        for problem in problems
        if problem.action != "unmatched"
    )
    return tuple(
        Reason(dataset=dataset, action=action, expected=expected, count=count)
        for (dataset, action, expected), count in counts.most_common()
    )
