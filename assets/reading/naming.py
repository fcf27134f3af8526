"""Ids from file names: stable, without dots, and distinct for distinct names."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from natocc.files.names import is_number

# Twelve hex digits: for a million names with the same slug, the probability of a collision is about 1 in 500.
_HASH_DIGITS = 12


def normal(name: str) -> str:
    """Normalise a name to composed Unicode, so that equal-looking names are equal."""
    return unicodedata.normalize("NFC", name)


def same_name(stem: str) -> str:
    """Equal for names of the same thing: numbers by value, accents in composed form.

    >>> same_name("00007")
    '7'
    """
    return str(int(stem)) if is_number(stem) else normal(stem)


def id_of(name: str) -> str:
    """Pad digits to five; turn any other name into a slug with a hash of the full name.

    Ids contain no dash, so that a sample's key ``set-face-repeat`` can be split from its end.

    >>> id_of("7"), id_of("a.b")
    ('00007', 'a_b_2e73366ccacd')
    """
    if is_number(name):
        return f"{int(name):05d}"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "x"
    return f"{slug}_{hashlib.sha256(normal(name).encode()).hexdigest()[:_HASH_DIGITS]}"
