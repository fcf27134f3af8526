"""Files of a review that look like answers and that no reader reads: another suffix, another folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from assets.problems import Problem
from assets.reading.folders import files_below
from assets.review.index import REVIEW_INDEX, Review, face_of
from natocc.files.clutter import is_clutter

_JSON = re.compile(r"(.+?)\.json(?:\W.*)?", re.IGNORECASE | re.DOTALL)


def stray_answers(
    folder: Path, read: Collection[Path], is_answer: Callable[[str], bool], expected: str
) -> Iterator[Problem]:
    """A Problem for each JSON file below a review's folder that is not ``read`` and may be an answer.

    ``is_answer`` judges by the path without ``.json`` and what follows it. ``expected`` says where answers
    are read.
    """
    known = {path.relative_to(folder).as_posix() for path in read} | {REVIEW_INDEX}
    for path in files_below(folder, lambda name: _JSON.fullmatch(name) is not None and not is_clutter(name)):
        named = _JSON.fullmatch(path)
        if path not in known and named is not None and is_answer(named[1]):
            got = "an answer in another place or under another name; move or rename it, or take it out"
            yield Problem(path=path, expected=expected, got=got)


def names_face(path: str, review: Review) -> bool:
    """Whether the last part of a path, without suffix, is a face of the review."""
    return face_of(path, path.rpartition("/")[2], review, lambda problem: None) is not None
