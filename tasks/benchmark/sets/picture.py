"""Test sets and their pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from natocc.geometry import Image
from shards.storage import sha256_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What is known of a test picture beside its pixels; text that is not known is ""."""

    # Unique in its set.
    key: str
    # hand, object, randocc or none of a rendered sample; real of a photograph that shows occlusion.
    occluder: str = "real"
    # Of the occluder: its category, or what the annotation says.
    category: str = ""
    # Share of the face that is hidden; nan if not known.
    hidden: float = math.nan
    # Path of the photograph, its person, and its sha256.
    source: str = ""
    person: str = ""
    photo: str = ""
    # Of a rendered sample: sha256 of the photograph that shows the occluder.
    occluder_photo: str = ""

    @property
    def group(self) -> str:
        """The person, or the photograph of nobody known, or the picture: what is drawn as one."""
        return self.person or self.photo or self.key


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TestPicture:
    """``image``: uint8 (H, W, 3), RGB; ``mask``: uint8 (H', W'), 1 = visible face, of its own size."""

    __test__ = False  # pytest collects classes of this name otherwise

    facts: PictureFacts
    image: Image
    mask: Image
    # Of a rendered sample, uint8 (H', W') or None: the occluder's matte 0-255, and the face without it, 0/1.
    alpha: Image | None = None
    clean_mask: Image | None = None
    # Classes of docs/format.md, uint8 (H', W'), or None.
    parsing: Image | None = None
    # Where label policies differ: uint8 (H', W'), 1 = glasses; None if not known.
    disputed: Image | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TestSet:
    """A named set of test pictures, read one by one as often as needed.

    ``missing`` says why there are none; then ``facts`` is empty. ``policy``: voo, faceocc, or "" if not known
    (docs/label-policies.md).
    """

    __test__ = False

    name: str
    policy: str
    facts: tuple[PictureFacts, ...]
    read: Callable[[], Iterator[TestPicture]]
    licences: tuple[str, ...] = ()
    # A hash of its pictures and labels.
    fingerprint: str = ""
    missing: str = ""


def missing_set(name: str, policy: str, why: str) -> TestSet:
    """A set without pictures. ``why`` says what was expected, what was found, and what to do."""
    return TestSet(name=name, policy=policy, facts=(), read=_no_pictures, missing=why)


def fingerprint_of(name: str, parts: Iterable[str]) -> str:
    """A hash of a set's name and of what identifies its pictures and labels."""
    return sha256_bytes("\n".join((name, *parts)).encode())


def _no_pictures() -> Iterator[TestPicture]:
    return iter(())
