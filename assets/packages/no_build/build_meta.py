"""The backend's hooks: metadata from PKG-INFO only.

Before pip saves a source archive, it asks for the package's metadata, and would run the package's
``setup.py`` to get it. This module is put on the path as ``setuptools`` and answers instead.
"""

from __future__ import annotations

from email.parser import HeaderParser
from pathlib import Path
from typing import Any


class _MetadataOnly:
    """The two hooks of PEP 517 that ``pip download`` calls."""

    def get_requires_for_build_wheel(self, config_settings: Any = None) -> list[str]:
        return []

    def prepare_metadata_for_build_wheel(self, metadata_directory: str, config_settings: Any = None) -> str:
        stated = HeaderParser().parsestr(Path("PKG-INFO").read_text(encoding="utf-8"))
        folder = f"{stated['Name'].replace('-', '_')}-{stated['Version']}.dist-info"
        (Path(metadata_directory) / folder).mkdir()
        (Path(metadata_directory) / folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {stated['Name']}\nVersion: {stated['Version']}\n", encoding="utf-8"
        )
        return folder


__legacy__ = _MetadataOnly()
