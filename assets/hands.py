"""11k Hands: photographs on white, ``HandInfo.csv``, and masks in the folder beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from assets.folders import pictures_in
from assets.naming import id_of, normal
from assets.problems import Problem, Report
from assets.records import RawHand
from assets.sidecar import Sidecar

FOLDER, MASKS, TABLE = "11k-hands", "11k-hands_masks", "HandInfo.csv"
LICENCE = "11k Hands: free for reasonable academic fair use"


def read_hands(raw: Path, report: Report) -> Iterator[RawHand]:
    """Yield hands in order of their file names; a hand without a mask is a Problem."""
    folder = raw / FOLDER
    aside = Sidecar(folder, raw, report)
    facts = _facts(folder / TABLE, raw, report)
    if not (folder / "Hands").is_dir():
        report(Problem(path=f"{FOLDER}/Hands", expected="a folder of photographs", got="no such folder"))
        return
    masks = (raw / MASKS).iterdir() if (raw / MASKS).is_dir() else ()
    by_stem = {normal(path.stem): path for path in sorted(masks) if path.suffix.lower() == ".png"}
    for image in pictures_in(folder / "Hands", raw, report):
        said, told = aside.of(f"Hands/{image.name}"), facts.get(normal(image.name), {})
        mask = by_stem.get(normal(image.stem))
        if mask is None:
            expected = f"a mask {MASKS}/{image.stem}.png"
            report(Problem(path=image.relative_to(raw).as_posix(), expected=expected, got="no such file"))
            continue
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
    """Rows by image name; values may be empty. Hands do without a table that can't be read."""

    def lack(got: str) -> dict[str, dict[str, str]]:
        where, expected = path.relative_to(raw).as_posix(), "the table of the download, with imageName"
        report(Problem(path=where, expected=expected, got=got, action="converted"))
        return {}

    if not path.is_file():
        return lack("no such file; side and skin are unknown")
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        if "imageName" not in (reader.fieldnames or ()):
            return lack(f"columns {', '.join(reader.fieldnames or ()) or 'none'}; side and skin are unknown")
        return {normal(row["imageName"]): row for row in reader if row["imageName"]}
    except (UnicodeDecodeError, csv.Error) as error:
        return lack(f"{error}; side and skin are unknown")
