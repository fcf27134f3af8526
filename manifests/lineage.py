"""Hashes that decide whether something has to be made again."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import metadata, resources
from typing import Any

# Sources that decide a stage's bytes: of each package the modules whose names begin so.
Sources = tuple[tuple[str, str], ...]
RENDER: Sources = (
    ("natocc", ""),
    ("shards", "tar"),
    ("manifests", "rows"),
    ("tasks", "render_"),
    ("tasks", "describe"),
)
PREPARE: Sources = (("natocc", ""), ("shards", "tar"), ("assets", ""), ("tasks", "prepare"))
# A network's part in a sample, beside RENDER.
HARMONISE: Sources = tuple(
    ("models", f"{name}.py")
    for name in (
        "apply_rainnet",
        "device",
        "fast_convolutions",
        "pictures",
        "rain",
        "rainnet",
        "rainnet_runner",
        "rainnet_weights",
        "saved",
        "strict",
    )
)
# The libraries that compute them.
_LIBRARIES = ("isal", "kornia-rs", "numpy", "opencv-python-headless", "pillow", "pyarrow", "simplejpeg")


def digest(value: Any) -> str:
    """sha256 of a value's canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@cache
def code_version(sources: Sources = RENDER) -> str:
    """sha256 over the source files of a stage; by default of what a sample looks like."""
    total = hashlib.sha256()
    for package, module in sources:
        for item in sorted(resources.files(package).iterdir(), key=lambda item: item.name):
            if item.name.endswith(".py") and item.name.startswith(module):
                total.update(f"{package}/{item.name}\0".encode())
                total.update(item.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()


@cache
def library_versions(*optional: str) -> dict[str, str]:
    """Versions of the libraries on which bytes depend, and of optional ones that are in use."""
    return {name: metadata.version(name) for name in (*_LIBRARIES, *optional)}
