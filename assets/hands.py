"""11k Hands: photographs on white, ``HandInfo.csv``, and masks in the folder beside it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from assets.naming import id_of
from assets.problems import Problem, Report
from assets.records import RawHand
from assets.sidecar import Sidecar

FOLDER, MASKS = "11k-hands", "11k-hands_masks"
LICENCE = "11k Hands: free for reasonable academic fair use"


def read_hands(raw: Path, report: Report) -> Iterator[RawHand]:
    """Yield hands in order of their file names; a hand without a mask is a Problem."""
    folder = raw / FOLDER
    aside = Sidecar(folder, raw, report)
    facts = _facts(folder / "HandInfo.csv", raw, report)
    for image in sorted((folder / "Hands").glob("*.jpg")):
        where = image.relative_to(raw).as_posix()
        mask = raw / MASKS / f"{image.stem}.png"
        if not mask.is_file():
            expected = f"a mask {MASKS}/{mask.name}"
            report(Problem(path=where, expected=expected, got="no such file"))
            continue
        said, told = aside.of(f"Hands/{image.name}"), facts.get(image.name, {})
        yield RawHand(
            id=id_of(image.stem),
            image=image,
            mask=mask,
            rot_deg=said.rot_deg,
            aspect=told.get("aspectOfHand") or "",
            skin=told.get("skinColor") or "",
            origin=said.origin(FOLDER, LICENCE),
        )


def _facts(path: Path, raw: Path, report: Report) -> dict[str, dict[str, str]]:
    """Rows by image name; values may be empty."""
    where = path.relative_to(raw).as_posix()
    if not path.is_file():
        report(
            Problem(path=where, expected="the table of the download", got="no such file", action="converted")
        )
        return {}
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        if "imageName" not in (reader.fieldnames or ()):
            got = f"columns {', '.join(reader.fieldnames or ()) or 'none'}"
            report(Problem(path=where, expected="a column imageName", got=got))
            return {}
        return {row["imageName"]: row for row in reader}
