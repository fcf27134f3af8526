"""JSON indexes at any URL (natocc/document.py): bank.json, dataset.json, latest.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from natocc.document import BadDocument, DocumentFormat, encode_document, missing_document, parse_document
from shards import storage

_MOST = 256 << 20
_Described = TypeVar("_Described")


def write_document(url: str, form: DocumentFormat, fields: Mapping[str, Any]) -> None:
    """Write a document, completely or not at all."""
    storage.write_bytes(url, encode_document(form, fields))


def read_document(url: str, form: DocumentFormat) -> dict[str, Any]:
    """All fields of the document.

    Raises MissingDocument if it does not exist, BadDocument if it is damaged or of a schema that is not read.
    """
    try:
        data = storage.read_bytes(url, _MOST)
    except FileNotFoundError as error:
        raise missing_document(url, form) from error
    return parse_document(data, url, form)


def as_record(
    adapter: TypeAdapter[_Described], fields: Any, url: str, form: DocumentFormat, *within: str
) -> _Described:
    """Fields of the document at ``url`` as a record; ``within`` is where in it they stand.

    Raises BadDocument for other fields or types.
    """
    try:
        return adapter.validate_python(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = " > ".join(str(part) for part in (*within, *first["loc"]))
        raise BadDocument(
            f"{url}: expected the fields of {form.tag}, got {first['msg']} at {where}; {form.repair}"
        ) from error
