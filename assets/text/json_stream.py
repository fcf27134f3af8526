"""Read a large JSON object piece by piece; memory holds one element of its lists at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from assets.text.strict_json import repeated_keys
from natocc.files.read import bounds, open_file
from natocc.files.text import foreign_text

_CHUNK = 1 << 20
# Bytes by which another encoding is recognised.
_START = 4096
_MARK = b"\xef\xbb\xbf"
_SPACE = " \t\n\r"
# If an error or a number ends within so many characters of the buffer's end, more text may change it. This is
# longer than any number or keyword.
_NEAR_END = 32


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of a list, an empty list, or any other whole member: bytes ``start`` to ``end``."""

    key: str
    value: Any
    start: int
    end: int
    # A key that an object in it has twice; "" if none has.
    repeated: str = ""


def read_pieces(path: Path) -> Iterator[Piece]:
    """Yield the members of the object in ``path`` in their order, lists element by element.

    Raises ValueError, with the position in bytes, if the file is not a complete JSON object, has a member
    twice, or has one that is larger than a whole table may be; OSError if the file can't be read.
    """
    with open_file(path) as stream:
        text = _Text(stream)
        text.expect("{")
        members: set[str] = set()
        if text.next() == "}":
            return
        while True:
            key = text.value("").value
            if not isinstance(key, str):
                raise ValueError(f"a key that is no string at byte {text.place}")
            if key in members:
                raise ValueError(f"the key {key!r} twice, again at byte {text.place}")
            members.add(key)
            text.expect(":")
            if text.next() == "[":
                yield from _elements(text, key)
            else:
                yield text.value(key)
            if text.next() == "}":
                return
            text.expect(",")


def _elements(text: _Text, key: str) -> Iterator[Piece]:
    start = text.place
    text.expect("[")
    if text.next() == "]":
        text.expect("]")
        yield Piece(key, [], start, text.place)
        return
    while True:
        yield text.value(key)
        if text.next() == "]":
            text.expect("]")
            return
        text.expect(",")


class _Text:
    """The unused text read so far, one character a byte. JSON's own signs are ASCII, so this is safe."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._decoder = stream, json.JSONDecoder(object_pairs_hook=self._object)
        self._repeated = ""
        start = stream.read(_START)
        if (got := foreign_text(start)) is not None:
            raise ValueError(got)
        first = start.removeprefix(_MARK)
        self._base = len(start) - len(first)
        self._text, self._at = first.decode("latin-1"), 0

    @property
    def place(self) -> int:
        return self._base + self._at

    def next(self) -> str:
        """The next non-space character; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def expect(self, sign: str) -> None:
        found = self.next()
        if found != sign:
            got = f"{found!r} at byte {self.place}" if found else f"its end after {self.place} bytes"
            raise ValueError(f"{got} in place of {sign!r}")
        self._at += 1

    def value(self, key: str) -> Piece:
        self.next()
        while True:
            self._repeated = ""
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise ValueError(f"brackets nested too deep at byte {self.place}") from error
            except json.JSONDecodeError as error:
                in_string = error.msg.startswith("Unterminated")
                if (in_string or error.pos >= len(self._text) - _NEAR_END) and self._more():
                    continue
                raise ValueError(self._fault(error.pos, in_string)) from error
            # The number may continue in the unread text.
            number = isinstance(value, int | float)
            if number and end >= len(self._text) - _NEAR_END and self._more():
                continue
            if not (plain := self._text[self._at : end]).isascii():
                value = self._decoded(plain.encode("latin-1"))
            piece = Piece(key, value, self.place, self._base + end, self._repeated)
            self._at = end
            return piece

    def _fault(self, at: int, in_string: bool) -> str:
        if in_string:
            return f"a string without an end, from byte {self._base + at}"
        if at >= len(self._text.rstrip(_SPACE)):
            return f"text that is cut short at byte {self._base + at}"
        return f"no JSON at byte {self._base + at}"

    def _decoded(self, data: bytes) -> Any:
        try:
            return json.loads(data.decode())
        except UnicodeDecodeError as error:
            found = f"0x{data[error.start]:02x} at byte {self.place + error.start}"
            raise ValueError(f"another encoding ({found}); save it as UTF-8") from error

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            self._repeated = repeated_keys(pairs)[0].encode("latin-1", "replace").decode("utf-8", "replace")
        return found

    def _more(self) -> bool:
        rest = len(self._text) - self._at
        if rest > bounds().table_mib << 20:
            raise ValueError(f"a member of more than {bounds().table_mib} MiB at byte {self.place}")
        # A member is decoded from its start each time, so the amount doubles.
        data = self._stream.read(max(_CHUNK, rest))
        if data:
            self._base += self._at
            self._text, self._at = self._text[self._at :] + data.decode("latin-1"), 0
        return bool(data)
