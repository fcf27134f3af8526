"""What a text that is not one name may name, and whether it may say that something is for testing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import PurePosixPath

from assets.reading.masks.match import without_mask_word
from assets.text.lines import clean, is_bare_name, is_picture_name, without_suffix
from natocc.masks.policy import PARTS

TEST_WORDS = ("eval", "evaluation", "exclude", "excluded", "removed", "test", "testing", "val", "validation")
# Of difflib: 0.86 for "tst", 0.75 for "best".
_ALIKE = 0.8
_SIGNS = re.compile("[,;|\\t()\\[\\]{}<>\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb:=*?]+")
_PICTURE = re.compile(r".+?\.(?:jpe?g|png)", re.IGNORECASE)
_RANGE = re.compile(
    r"[(\[]?([0-9]{1,9})(?:\.0*)?\s*(?:-|\u2013|\u2014|\.{2,}|\u2026|:|to)\s*([0-9]{1,9})[)\]]?"
)
_MOST_OF_RANGE = 100_000
_PART = re.compile(rf"[ _.-]+({'|'.join(PARTS)})$", re.IGNORECASE)
# Signs that no picture's name has at these places.
_ODD = re.compile(r"[\[\]{}<>*?=\"]|^\(|\)$|:(?![\\/])")
_PATTERN = re.compile(r"\S\*|\*(?!\w)")
_WORD = re.compile("[a-z]+")


def names_within(text: str) -> tuple[str, ...]:
    """The names that a text may hold: between signs and blanks, of a range, of a mask's photograph.

    >>> names_within('["0.jpg", "1.jpg"]'), names_within("0-2"), names_within("00007_l_eye.png")
    (('0.jpg', '1.jpg'), ('0-2', '0', '1', '2'), ('00007_l_eye.png', '00007'))
    """
    pieces = [clean(piece) for piece in _SIGNS.split(unicodedata.normalize("NFKC", clean(text)))]
    words = [word for piece in pieces for word in piece.split()]
    joined = [name for word in words for name in _PICTURE.findall(word)]
    photographs = [name for word in (*pieces, *words) for name in _photographs_of(word)]
    found = dict.fromkeys((*pieces, *words, *joined, *photographs, *_numbers_of(text)))
    return tuple(name for name in found if is_bare_name(name))


def has_odd_signs(text: str) -> bool:
    """Whether a text has signs that no picture's name has: brackets about it, stars, a colon after it."""
    return _ODD.search(text) is not None


def is_pattern(text: str) -> bool:
    """Whether a text may mean any number of names: ``0*.jpg``, but not ``*0.jpg`` after a checksum."""
    return _PATTERN.search(text) is not None


@lru_cache
def may_say_test(text: str) -> bool:
    """Whether a cell has a word like "test" or "excluded".

    >>> may_say_test("Test"), may_say_test("(tst)"), may_say_test("train"), may_say_test("0.93")
    (True, True, False, False)
    """
    return any(get_close_matches(word, TEST_WORDS, 1, _ALIKE) for word in _WORD.findall(text.casefold()))


def _photographs_of(mask: str) -> Iterator[str]:
    """The names of the photographs that a mask of this name may belong to."""
    if is_picture_name(mask):
        stem = without_suffix(without_suffix(PurePosixPath(mask.replace("\\", "/")).name))
        yield _PART.sub("", without_mask_word(stem))


def _numbers_of(text: str) -> Iterator[str]:
    """The numbers of a range; none if it is no range, or one of too many."""
    if (ends := _RANGE.fullmatch(clean(text))) is not None:
        first, last = int(ends[1]), int(ends[2])
        if first < last <= first + _MOST_OF_RANGE:
            yield from map(str, range(first, last + 1))
