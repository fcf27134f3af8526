"""What is said of an annotation file as a whole: one line a kind, with the number and the first names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from assets.problems import Problem, ReportProblem
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched


class _Remark(NamedTuple):
    """``got`` has a place for the number and the names."""

    expected: str
    got: str
    action: Literal["refused", "converted", "noted"] = "refused"


# Annotations whose photograph is missing.
_NO_PHOTOGRAPH = "photographs"


_REMARKS: Mapping[str, _Remark] = MappingProxyType(
    {
        "image ids": _Remark("an image id of its own for each", "ids that several have: {}; none is used"),
        "file names": _Remark(
            "a file_name of its own for each image", "names that several have: {}; none is used"
        ),
        "images": _Remark("images with an id", "entries without: {}"),
        "category ids": _Remark(
            "a category id of its own for each", "ids that several have: {}; none is used"
        ),
        "categories": _Remark("categories with an id and a name", "entries without: {}"),
        "same names": _Remark(
            "a name of its own for each category", "names under several ids: {}; taken as one", "noted"
        ),
        "other ids": _Remark("COCO's category ids", "others: {}; the names decide", "noted"),
        "strays": _Remark(
            "points on the picture",
            "points far outside or without a position in annotations: {}; left out",
            "converted",
        ),
        "derived": _Remark(
            "the area and the bbox of the outline",
            "others in annotations: {}; measured on the outline",
            "noted",
        ),
    }
)


class Remarks:
    """Counts what there is to say of one file."""

    def __init__(self) -> None:
        self._found: dict[str, Tally] = defaultdict(Tally)

    def add(self, kind: str, name: str) -> None:
        """Count one case. Raises KeyError for a kind that has no line."""
        _REMARKS[kind]
        self._found[kind].add(name)

    def add_missing(self, annotation: str, photograph: str) -> None:
        """Count an annotation whose photograph is missing."""
        self._found[_NO_PHOTOGRAPH].add(f"{annotation} of {photograph}")

    def report(self, where: str, report: ReportProblem) -> None:
        """Report a line for each kind, in a fixed order, and forget them."""
        for kind, (expected, got, action) in _REMARKS.items():
            if tally := self._found.pop(kind, None):
                report(Problem(path=where, expected=expected, got=got.format(tally), action=action))
        if missing := self._found.pop(_NO_PHOTOGRAPH, None):
            kind, todo = "annotations without a photograph", "add the photographs, or take the lines out"
            expected = "the photograph of each annotation"
            report(unmatched(where, kind, missing, expected=expected, todo=todo))
