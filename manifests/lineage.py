"""Hashes of values, and versions of libraries, for cache keys."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import metadata
from typing import Any

# Libraries that compute the bytes of samples and of the bank.
_LIBRARIES = (
    "kornia-rs",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "pyarrow",
    "simplejpeg",
    "zlib-ng",
)


def digest(value: Any) -> str:
    """sha256 of a value's canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@cache
def library_versions(*optional: str) -> dict[str, str]:
    """Versions of the libraries that bytes depend on, and of optional libraries in use."""
    return {name: metadata.version(name) for name in (*_LIBRARIES, *optional)}
