"""Text of users: UTF-8, with or without a byte order mark. Other encodings are recognised and refused."""

from __future__ import annotations

from pathlib import Path

from natocc.files.read import UnfitFile, read_table_bytes, read_within

_EXPECTED, _ADVICE = "text in UTF-8", "save it as UTF-8"
# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_FILES = (
    (b"PK\x03\x04", "a workbook or another zip archive; save it as text in UTF-8"),
    (b"\xd0\xcf\x11\xe0", "a workbook or document; save it as text in UTF-8"),
    (b"\x1f\x8b", "a gzip archive; unpack it"),
    (b"%PDF-", "a PDF; save it as text in UTF-8"),
)
# Bytes that are looked at for zeros, and the share of zeros from which text of two bytes a sign is assumed.
_SAMPLE, _ENOUGH = 4096, 0.3


def read_text(path: Path, most: int | None = None) -> str:
    """The text of a table, a list, an answer or a recipe. Line ends are kept.

    ``most``: its largest size in bytes, if that is not a table's. Raises UnfitFile for other encodings and
    for binary data, or another OSError.
    """
    return decode_text(read_table_bytes(path) if most is None else read_within(path, most), str(path))


def decode_text(data: bytes, path: str) -> str:
    """The text of a file's bytes, without its byte order mark. Raises UnfitFile, with the encoding found."""
    if (got := foreign_text(data)) is not None:
        raise UnfitFile(path, _EXPECTED, got)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnfitFile(path, _EXPECTED, _other(error)) from error


def foreign_text(data: bytes) -> str | None:
    """What a file is, by its first bytes at least, if it is no text of one byte a sign; None if it may be."""
    for mark, got in _FILES:
        if data.startswith(mark):
            return got
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return f"text in {encoding}; {_ADVICE}"
    if (at := data.find(b"\0")) < 0:
        return None
    sample = data[:_SAMPLE]
    if max(sample[0::2].count(0), sample[1::2].count(0)) > _ENOUGH * len(sample):
        return f"text in UTF-16 or UTF-32 without a byte order mark; {_ADVICE}"
    return f"binary data (a zero at byte {at})"


def _other(error: UnicodeDecodeError) -> str:
    """The encoding of bytes that are not UTF-8. Valid sequences beside the fault speak for damage."""
    data = error.object
    place = f"0x{data[error.start]:02x} at byte {error.start}"
    sound = data.decode("utf-8", "ignore").encode()
    high, kept = (sum(byte > 0x7F for byte in part) for part in (data, sound))
    if kept > high - kept:
        return f"damaged UTF-8 ({place}); {_ADVICE}"
    # Windows-1252 has signs where Latin-1 has control characters.
    name = "Windows-1252" if any(0x80 <= byte < 0xA0 for byte in data) else "Latin-1 or Windows-1252"
    return f"another encoding ({place}), such as {name}; {_ADVICE}"
