"""What a file is that is no picture of an accepted format, by its first bytes."""

from __future__ import annotations

_START = 512
_BRANDS = 8
# The first bytes of other formats, and what to do about them.
_SIGNATURES = (
    (b"GIF8", "a GIF; save it as PNG"),
    (b"II*\0", "a TIFF; save it as PNG"),
    (b"MM\0*", "a TIFF; save it as PNG"),
    (b"8BPS", "a Photoshop file; save it as PNG"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000; save it as PNG"),
    (b"\xff\x0a", "a JPEG XL; save it as PNG"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL; save it as PNG"),
    (b"%PDF", "a PDF; save its picture as PNG"),
    (b"PK\x03\x04", "a zip archive; unpack it"),
    (b"\x1f\x8b", "a gzip archive; unpack it"),
    (b"\xfd7zXZ", "an xz archive; unpack it"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it"),
    (b"Rar!", "a RAR archive; unpack it"),
    (b"version https://git-lfs", "a Git LFS pointer; run git lfs pull"),
)
# Brands of ISO media files.
_MEDIA = (
    (b"avi", "an AVIF; save it as PNG"),
    (b"hei", "a HEIC; save it as PNG"),
    (b"hev", "a HEIC; save it as PNG"),
    (b"mif1", "a HEIF; save it as PNG"),
    (b"msf1", "a HEIF; save it as PNG"),
    (b"", "a video, or another media file"),
)
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body")


def describe_foreign(data: bytes) -> str:
    """What the bytes of a file are and what to do, such as "a GIF; save it as PNG"; "" if that is unknown."""
    if not data.strip(b"\0"):
        return "zeros alone, as a download that stopped leaves them; fetch the file again" if data else ""
    for start, words in _SIGNATURES:
        if data.startswith(start):
            return words
    if data[4:8] == b"ftyp":
        return next(words for brand, words in _MEDIA if data[_BRANDS:].startswith(brand))
    start = data[:_START].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_HTML):
        return "an HTML page: the download failed; fetch the file again"
    if start.startswith((b"<svg", b"<?xml")):
        return "an SVG or another XML file; save it as PNG"
    return ""
