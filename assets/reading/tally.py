"""Counts of findings, with the first few names."""

from __future__ import annotations

from dataclasses import dataclass, field

_SHOWN = 3


@dataclass(slots=True)
class Tally:
    """Counts names and keeps the first three. An empty tally is false.

    >>> tally = Tally()
    >>> for name in "abcd": tally.add(name)
    >>> str(tally)
    '4 (a, b, c, …)'
    """

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(name)

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def names(self) -> str:
        """The first names, with an ellipsis if there are more."""
        return f"{', '.join(self.first)}{', …' if self.count > _SHOWN else ''}"

    def __str__(self) -> str:
        return f"{self.count} ({self.names})"
