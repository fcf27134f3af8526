"""``HandInfo.csv`` of 11k Hands: metadata of each photograph."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from assets.problems import Problem, ReportProblem, unreadable
from assets.reading.naming import normal
from natocc.files.read import is_there, read_text

_NAME = "HandInfo.csv"
SKINS = ("very fair", "fair", "medium", "dark")
ASPECTS = ("dorsal left", "dorsal right", "palmar left", "palmar right")
_FLAGS = {"0": False, "1": True, "": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class HandInfo:
    """One row; "" and None for unknown values."""

    subject: str = ""
    skin: str = ""
    aspect: str = ""
    accessories: bool | None = None
    irregularities: bool | None = None


UNKNOWN = HandInfo()


def read_hand_info(folder: Path, raw: Path, report: ReportProblem) -> dict[str, HandInfo]:
    """Rows by image name. Without a readable table, the result is empty: hands are usable without it.

    Values that the download does not define count as unknown; each is reported once.
    """
    path = folder / _NAME
    where = path.relative_to(raw).as_posix()

    def lack(got: str) -> dict[str, HandInfo]:
        expected = "the table of the download, with imageName"
        got = f"{got}; side and skin are unknown"
        report(Problem(path=where, expected=expected, got=got, action="noted"))
        return {}

    if not is_there(path):
        return lack("no such file")
    reported: set[tuple[str, str]] = set()

    def known(row: dict[str, str | None], column: str, among: tuple[str, ...]) -> str:
        value = " ".join((row.get(column) or "").lower().split())
        if value in ("", *among):
            return value
        if (column, value) not in reported:
            reported.add((column, value))
            expected = f"{column} among {', '.join(among)}"
            got = f"{value!r}, which counts as unknown"
            report(Problem(path=where, expected=expected, got=got, action="noted"))
        return ""

    try:
        reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
        if "imageName" not in (reader.fieldnames or ()):
            return lack(f"columns {', '.join(reader.fieldnames or ()) or 'none'}")
        return {
            normal(row["imageName"]): HandInfo(
                subject=(row.get("id") or "").strip(),
                skin=known(row, "skinColor", SKINS),
                aspect=known(row, "aspectOfHand", ASPECTS),
                accessories=_FLAGS[known(row, "accessories", ("0", "1"))],
                irregularities=_FLAGS[known(row, "irregularities", ("0", "1"))],
            )
            for row in reader
            if row["imageName"]
        }
    except OSError as error:
        return lack(unreadable(error, "").got)
    except csv.Error as error:
        return lack(str(error))
