"""Entries of a bank for tests, of which only some fields matter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assets.bank.reader import Entry

_BLANK = Entry(
    kind="face",
    id="",
    dataset="d",
    category="",
    split="train",
    person=None,
    photo="",
    licence="l",
    grade=None,
    source="s",
    height=1,
    width=1,
    sha256="",
    shard="",
    members={},
)


def blank_entry(kind: str, name: str, **fields: Any) -> Entry:
    """An entry that no shard holds yet; its photograph is called as the entry, unless ``fields`` says else."""
    return replace(_BLANK, kind=kind, id=name, **{"photo": name} | fields)
