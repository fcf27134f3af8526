"""The JSON index of a folder of files: its format, the release that wrote it, and a hash of its own content.

    {
     "format": "natocc-bank/2",      name and number of the schema
     "written_by": "natocc 0.1.0",
     ...                             the fields
     "sha256": "…"                   of the JSON without this field: keys sorted, no spaces, ASCII
    }

The text is as ``encode_document`` writes it; another layout of the same JSON counts as damaged.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from natocc import __version__

_FORMAT, _RELEASE, _HASH = "format", "written_by", "sha256"
# The release that writes.
RELEASE = f"natocc {__version__}"

DocumentProblem = Literal["missing", "damaged", "older", "newer"]


class BadDocument(ValueError):
    """A document that cannot be used. The message names the file, what is wrong, and what to do."""

    def __init__(self, message: str, problem: DocumentProblem = "damaged") -> None:
        super().__init__(message)
        self.problem = problem
        # The content of a document with an older schema.
        self.fields: dict[str, Any] = {}


class MissingDocument(BadDocument, FileNotFoundError):
    """There is no such document."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFormat:
    """A kind of document. ``{folder}`` in its advice stands for the folder that the document describes."""

    name: str
    # Number of the schema that is written, and of the first schema with a hash of its own.
    schema: int
    hashed_since: int
    # Numbers of earlier schemas that are read; 0 for documents without the field ``format``.
    readable: tuple[int, ...] = ()
    # The described folder, such as "a bank".
    what: str
    # Advice: no document, a damaged one, one of a schema that is no longer read.
    make: str
    repair: str
    upgrade: str

    @property
    def tag(self) -> str:
        return f"{self.name}/{self.schema}"


def encode_document(form: DocumentFormat, fields: Mapping[str, Any]) -> bytes:
    """The document's text. Raises ValueError for a field that every document has."""
    if taken := sorted(fields.keys() & {_FORMAT, _RELEASE, _HASH}):
        raise ValueError(f"{form.name}: expected fields of its own, got {', '.join(taken)}")
    # As it will be read: names of fields are texts, tuples are lists.
    content = json.loads(_text({_FORMAT: form.tag, _RELEASE: RELEASE, **fields}))
    return _text(content | {_HASH: _own_sha256(content)})


def parse_document(data: bytes, url: str, form: DocumentFormat) -> dict[str, Any]:
    """All fields of the document at ``url``.

    Raises BadDocument unless the bytes are as they were written and the schema is one that is read.
    """
    content = _parsed(data)
    if content is None:
        got = "text that is damaged or cut short" if data else "an empty file"
        raise _bad(url, f"expected the JSON of {form.tag}, got {got}", form.repair)
    found, number = content.get(_FORMAT), _schema_of(content, form)
    if number is None:
        raise _bad(url, f"expected format {form.tag}, got {found!r}", form.repair)
    if (_HASH in content or number >= form.hashed_since) and not _is_whole(content, data, number, form):
        raise _bad(
            url, "expected the content that its sha256 states, got another: it is damaged", form.repair
        )
    if number > form.schema:
        release = str(content.get(_RELEASE, "a later release"))
        problem = f"expected format {form.tag} or an earlier one, got {found}, written by {release}"
        raise _bad(url, problem, _install(release), "newer")
    if number != form.schema and number not in form.readable:
        error = _bad(
            url, f"expected format {form.tag}, got {found} of an earlier release", form.upgrade, "older"
        )
        error.fields = content
        raise error
    return content


def missing_document(url: str, form: DocumentFormat) -> MissingDocument:
    """The error for a document that does not exist."""
    folder, name = _folder_of(url), url.rpartition("/")[2]
    advice = form.make.replace("{folder}", folder)
    return MissingDocument(f"{folder}: expected {form.what} ({name} in it), found none; {advice}")


def _bad(url: str, problem: str, advice: str, kind: DocumentProblem = "damaged") -> BadDocument:
    return BadDocument(f"{url}: {problem}; {advice.replace('{folder}', _folder_of(url))}", kind)


def _folder_of(url: str) -> str:
    return url.rpartition("/")[0] or "."


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _schema_of(content: Mapping[str, Any], form: DocumentFormat) -> int | None:
    """The number in the field ``format``; None for a document of another kind."""
    if _FORMAT not in content:
        return 0 if 0 in form.readable else None
    name, _, number = str(content[_FORMAT]).rpartition("/")
    return int(number) if name == form.name and re.fullmatch("[0-9]{1,6}", number) else None


def _is_whole(content: Mapping[str, Any], data: bytes, number: int, form: DocumentFormat) -> bool:
    """Return whether the content has its hash. The text of another release may have another layout."""
    return content.get(_HASH) == _own_sha256(content) and (number != form.schema or _text(content) == data)


def _own_sha256(content: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in content.items() if name != _HASH}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _text(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, indent=1).encode()


def _install(release: str) -> str:
    number = release.removeprefix("natocc ")
    return f"use that release or a later one (pip install 'natocc>={number}', in a checkout git pull)"
