"""Problems of folders found by the census, for the report of a preparation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assets.datasets.published import PUBLISHED, Published
from assets.problems import Problem
from assets.reading.expected_counts import deviation
from assets.reading.folders import relative
from assets.reading.locate_folder import find_folder
from tasks.census.pictures import count_pictures

# Datasets whose readers report a wrong place inside their folder, and such whose readers count.
_PLACE_REPORTED = ("RealOcc", "RealOcc-Wild")
_COUNT_REPORTED = ("RealOcc-Wild", "FaceOcc COFW_test", "Voo objects")


def count_problems(raw: Path) -> Iterator[Problem]:
    """A problem for each dataset at its place whose number of pictures differs from the published one.

    A user's selection, which holds far fewer, is not a problem.
    """
    for published in PUBLISHED:
        folder = next((raw / place for place in published.places if (raw / place).is_dir()), None)
        if folder is None or published.name in _COUNT_REPORTED:
            continue
        count = count_pictures(folder, published)
        if deviation(published.pictures, count):
            expected, got = f"{published.pictures} pictures, as published", str(count)
            yield Problem(path=relative(folder, raw), expected=expected, got=got, action="noted")


def misplaced(raw: Path) -> Iterator[Problem]:
    """A problem, with the remedy, for each folder of pictures that is near its place but not there."""
    for published in PUBLISHED:
        found = find_folder(raw, published.places)
        if found is not None and found.advice and not _is_read(published, raw):
            yield Problem(path=published.places[0], expected="this folder", got=f"none; {found.advice}")


def _is_read(published: Published, raw: Path) -> bool:
    return published.name in _PLACE_REPORTED and (raw / published.name).is_dir()
