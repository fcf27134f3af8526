"""Ids from file names: stable, free of dots, and never equal for different names."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from natocc.file_names import is_number

# Twelve hex digits: among a million names that share a slug, two alike are a matter of one in five hundred.
_HASH_DIGITS = 12


def normal(name: str) -> str:
    """One spelling for names that look alike (composed Unicode)."""
    return unicodedata.normalize("NFC", name)


def same_name(stem: str) -> str:
    """Equal for names of one thing: numbers are compared as numbers, accents in one spelling.

    >>> same_name("00007")
    '7'
    """
    return str(int(stem)) if is_number(stem) else normal(stem)


def id_of(name: str) -> str:
    """Digits are padded to five; other names become a slug with a hash of the full name.

    Ids hold no dash, so that a sample's key ``set-face-repeat`` can be taken apart from its end.

    >>> id_of("7"), id_of("a.b")
    ('00007', 'a_b_2e73366ccacd')
    """
    if is_number(name):
        return f"{int(name):05d}"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "x"
    return f"{slug}_{hashlib.sha256(normal(name).encode()).hexdigest()[:_HASH_DIGITS]}"
