"""JSON indexes at any URL (natocc/document.py): bank.json, dataset.json, latest.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from natocc.document import DocumentFormat, encode_document, missing_document, parse_document
from shards import storage

_MOST = 256 << 20


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
