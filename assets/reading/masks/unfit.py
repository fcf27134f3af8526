"""Files with a mask's name that cannot be masks: other endings, folders, pipes, dead links, other bytes.

Each refuses its photograph: what the user meant as its mask must not be replaced by another in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assets.reading.folders import is_text
from assets.reading.masks.match import MASK_ENDINGS, PhotographNames
from assets.reading.naming import normal

# Notes, tables and archives about a photograph bear its name too.
_NOTES = (".txt", ".md", ".rst", ".log", ".ini", ".cfg", ".htm", ".html", ".pdf", ".doc", ".docx")
_TABLES = (".json", ".jsonl", ".csv", ".tsv", ".xml", ".yaml", ".yml", ".xls", ".xlsx", ".parquet")
_NO_MASKS = frozenset(
    (*_NOTES, *_TABLES, ".zip", ".tar", ".gz", ".7z", ".rar", ".md5", ".sha256", ".py", ".sh")
)
# Encodings of names from systems without UTF-8.
_OTHERS = ("cp1252", "cp437")


def may_be_mask(path: Path) -> bool:
    """Whether a path that is no picture may be meant as a mask; a folder only with a mask's ending."""
    ending = path.suffix.lower()
    return ending in MASK_ENDINGS or (ending not in _NO_MASKS and not path.is_dir())


def match_unfit(photographs: Iterable[str], unfit: Iterable[Path]) -> dict[str, Path]:
    """The first such file of each photograph, by its stem in normal form. Others belong to none."""
    names, found = None, dict[str, Path]()
    for path in unfit:
        names = PhotographNames(photographs) if names is None else names
        for stem in readings(path.stem):
            _, fitting = names.closest(normal(stem))
            if len(fitting) == 1:
                found.setdefault(fitting[0], path)
                break
    return found


def readings(stem: str) -> list[str]:
    """The stem; of one that is not UTF-8 what it may say, last without the bytes that are not."""
    if is_text(stem):
        return [stem]
    data = stem.encode("utf-8", "surrogateescape")
    return [*(data.decode(name, "ignore") for name in _OTHERS), data.decode("utf-8", "ignore")]
