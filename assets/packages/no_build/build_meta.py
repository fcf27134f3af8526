"""The backend's hooks: metadata from PKG-INFO alone.

pip insists on a package's metadata before it saves a source archive, and would run the package's
``setup.py`` for it. Laid on the path under the name ``setuptools``, this answers in its place.
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
