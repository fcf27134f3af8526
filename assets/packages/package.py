"""Archives that an ordinary package client can fetch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ecosystem = Literal["pypi-wheel", "pypi-sdist", "npm", "debian"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Package:
    """One archive that an ordinary package client can fetch."""

    ecosystem: Ecosystem
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.ecosystem} {self.name} {self.version}"
