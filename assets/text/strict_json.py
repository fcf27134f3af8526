"""JSON as a whole: faults in words, and no key twice in one object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assets.problems import BadInput, unreadable
from natocc.files.text import read_text


def read_json_text(path: Path, expected: str, where: str = "") -> str:
    """The text of a JSON file, which ``decode_json`` accepts. Raises BadInput, at ``where`` or the path."""
    where = where or str(path)
    try:
        text = read_text(path)
    except OSError as error:
        raise unreadable(error, expected, where) from error
    decode_json(text, expected, where)
    return text


def decode_json(text: str | bytes, expected: str = "JSON", where: str = "") -> Any:
    """The value of a JSON text. Raises BadInput for other text and for a key that an object has twice."""
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except _RepeatedKey as error:
        raise BadInput(expected, f"the key {error.key!r} twice in one object", where) from error
    except json.JSONDecodeError as error:
        got = "an empty file" if not error.doc.strip() else _fault(error)
        raise BadInput(expected, got, where) from error
    except UnicodeDecodeError as error:
        got = f"another encoding (0x{error.object[error.start]:02x} at byte {error.start})"
        raise BadInput(expected, f"{got}; save it as UTF-8", where) from error
    except RecursionError as error:
        raise BadInput(expected, "brackets nested too deep", where) from error
    except ValueError as error:
        # Python does not convert numbers of thousands of digits.
        raise BadInput(expected, "a number of too many digits", where) from error


class _RepeatedKey(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedKey(repeated_keys(pairs)[0])
    return found


def repeated_keys(pairs: list[tuple[str, Any]]) -> list[str]:
    """The keys that are there more than once."""
    keys = [key for key, _ in pairs]
    return sorted({key for key in keys if keys.count(key) > 1})


def _fault(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc.rstrip()):
        return "text that is cut short"
    return f"no JSON at line {error.lineno}, column {error.colno}"
