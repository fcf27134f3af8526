"""Lines and cells of text: line ends of all kinds, blanks, quotes, numbers, names of pictures."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from assets.reading.naming import normal, same_name
from natocc.files.names import PICTURES

# Signs without a width: byte order marks inside a text, marks of the writing direction, joiners.
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"
_EDGES = _INVISIBLE + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_QUOTES = "\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb"
_LINE_END = re.compile("\r\n|\r|\n")
_WHOLE = re.compile(r"\+?([0-9]{1,18})(?:\.0*)?")
_DRIVE = re.compile("[A-Za-z]:")


def text_lines(text: str) -> list[str]:
    """The lines without their ends: LF, CRLF, or CR alone."""
    return _LINE_END.split(text)


def clean(text: str) -> str:
    """The text without blanks of any kind and invisible signs at its ends."""
    return text.strip(_EDGES)


def unquote(text: str) -> str:
    """The text without blanks and quotes at its ends; a quote may be missing at either end."""
    return text.strip(_EDGES + _QUOTES)


def plain(text: str) -> str:
    """The text in lower case, with one blank between words, to compare values and headings."""
    return " ".join(clean(text).casefold().split())


def column_key(heading: str) -> str:
    """A heading for comparison: ``Rot-Deg`` is ``rot_deg``."""
    return re.sub(r"[\s_-]+", "", plain(heading))


def number_named(text: str) -> int | None:
    """The number of at least 0 that a text is, also with zeros before or after it (047, 47.0); else None."""
    found = _WHOLE.fullmatch(unquote(text))
    return int(found[1]) if found else None


def path_parts(name: str) -> tuple[str, ...]:
    r"""Folders and file of a path with slashes or backslashes, without drive, root, ``.`` and ``..``.

    >>> path_parts(r"..\x\0.jpg"), path_parts("/raw/./a.png")
    (('x', '0.jpg'), ('raw', 'a.png'))
    """
    parts = normal(clean(name)).replace("\\", "/").split("/")
    return tuple(part for part in parts if part not in ("", ".", "..") and not _DRIVE.fullmatch(part))


def bare_name(name: str) -> str:
    r"""A picture's name for comparison: without folders, suffix and padding.

    >>> bare_name("CelebA-HQ-img/00007.jpg"), bare_name(r"..\x\7"), bare_name("a.b")
    ('7', '7', 'a.b')
    """
    parts = path_parts(name)
    return same_name(without_suffix(parts[-1])) if parts else ""


def cell_name(cell: str) -> str:
    """The bare name of a picture in a table's cell, where programs write numbers with a decimal point too.

    >>> cell_name("7.0"), cell_name("00007.jpg"), cell_name("a.b")
    ('7', '7', 'a.b')
    """
    number = number_named(cell)
    return bare_name(cell) if number is None else str(number)


def without_suffix(file: str) -> str:
    """A file name without its suffix, if that is one of a picture."""
    suffix = PurePosixPath(file).suffix
    return file.removesuffix(suffix) if suffix.lower() in PICTURES else file


def is_picture_name(name: str) -> bool:
    """Whether a name ends like that of a picture."""
    return PurePosixPath(name).suffix.lower() in PICTURES and is_bare_name(bare_name(name))


def is_bare_name(name: str) -> bool:
    """Whether a text can be a name: printable, with a letter or digit in it."""
    return name.isprintable() and "\ufffd" not in name and any(sign.isalnum() for sign in name)
