"""The json member of a sample: its schema number, and reading it."""

from __future__ import annotations

import json
from typing import Any

# Of the json that is written; a json without the field ``schema`` has 0, with the same other fields.
SAMPLE_SCHEMA = 1


class BadMetadata(ValueError):
    """A json member that cannot be read. The message names the sample."""


def read_metadata(data: bytes, where: str) -> dict[str, Any]:
    """The fields of a sample's json, of this schema or an earlier one. Raises BadMetadata."""
    try:
        metadata = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadMetadata(f"{where}: expected the json of a sample, got damaged text ({error})") from error
    if not isinstance(metadata, dict):
        raise BadMetadata(f"{where}: expected the json of a sample, got {type(metadata).__name__}")
    schema = metadata.get("schema", 0)
    if not isinstance(schema, int) or schema < 0:
        raise BadMetadata(f"{where}: expected a schema number in the json, got {schema!r}")
    if schema > SAMPLE_SCHEMA:
        raise BadMetadata(
            f"{where}: expected a json of schema {SAMPLE_SCHEMA} or an earlier one, got {schema} of a later "
            "release; use the release of natocc that the version's dataset.json names (written_by)"
        )
    return metadata
