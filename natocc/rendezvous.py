"""Choice by rendezvous hashing (Thaler and Ravishankar, 1998): of all names, that with the highest score.

The score of a name depends on the name and on the chooser alone. A name that is added or removed therefore
changes only the choices that fall on it: one in ``n`` of ``n`` names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
_SHIFT = np.uint64(33)
# Constants of the 64-bit finalizer of MurmurHash3 (Appleby, 2011).
_FACTORS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))


def hash_number(text: str) -> int:
    """A number of a text, uniform in [0, 2⁶⁴): the first eight bytes of its sha256."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def hash_numbers(names: Sequence[str]) -> Numbers:
    """The numbers of names, uint64, in their order."""
    return np.fromiter((hash_number(name) for name in names), np.uint64, len(names))


def scores(names: Numbers, chooser: str) -> Numbers:
    """The scores of names for a chooser, uint64, uniform and independent between choosers."""
    mixed = names ^ np.uint64(hash_number(chooser))
    for factor in _FACTORS:
        mixed ^= mixed >> _SHIFT
        mixed *= factor
    mixed ^= mixed >> _SHIFT
    return mixed
