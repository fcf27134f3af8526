"""The check sums of a zip archive, which ``torch.load`` does not compare."""

from __future__ import annotations

import zipfile
from typing import BinaryIO


def damaged_member(file: BinaryIO) -> str | None:
    """The first member of a zip archive whose content differs from its check sum, or None.

    An archive without check sums, as torch writes it after ``set_crc32_options(False)``, cannot be checked.
    Raises zipfile.BadZipFile for a damaged header.
    """
    with zipfile.ZipFile(file) as archive:
        if not any(entry.CRC for entry in archive.infolist()):
            return None
        return archive.testzip()
