"""The json member of a sample: its fields with their types, and reading it.

Every field has one type in every sample, and none is null. So readers that take the types from the first
samples can read all of them (docs/format.md).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

# Of the json that is written. 1, and 0 without the field ``schema``, have objects and nulls for texts; 2 has
# no ``cache_key``.
SAMPLE_SCHEMA = 3
_TEXTS_SINCE, _CACHE_KEY_SINCE = 2, 3

STRING, INTEGER, NUMBER = "string", "integer", "number"
ENTRY_FIELDS = ("id", "dataset", "source", "photo", "sha256", "split", "licence")
_ENTRY = dict.fromkeys(ENTRY_FIELDS, STRING)
# In the order in which they are written. A list of one type holds any number of its values, at least one.
SAMPLE_FIELDS: dict[str, Any] = {
    "schema": INTEGER,
    "key": STRING,
    "cache_key": STRING,
    "kind": STRING,
    "set": STRING,
    "seed": INTEGER,
    "stream": STRING,
    "profile": STRING,
    "opacity": NUMBER,
    "hidden_ratio": NUMBER,
    "reach_px": INTEGER,
    "size": [INTEGER],
    "face": {**_ENTRY, "person": STRING, "repeat": INTEGER},
    "occluder": {**_ENTRY, "category": STRING},
    "params": STRING,
    "measured": STRING,
    "backends": dict.fromkeys(("upscaler", "colour_transfer", "harmoniser"), STRING),
    "network": STRING,
    "licences": [STRING],
}
# Strings that hold a JSON object; ``network`` is empty where none ran.
JSON_TEXTS = ("params", "measured", "network")


class BadMetadata(ValueError):
    """A json member that cannot be read. The message names the sample."""


def read_fields(data: bytes, where: str) -> dict[str, Any]:
    """The fields of a sample's json as they are written. Raises BadMetadata for a later schema."""
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


def read_metadata(data: bytes, where: str) -> dict[str, Any]:
    """The values of a sample's json, in one form for every schema. Raises BadMetadata.

    ``params``, ``measured`` and ``network`` are objects. An absent occluder, network, person or backend is
    None.
    """
    fields = read_fields(data, where)
    if fields.get("schema", 0) < _TEXTS_SINCE:
        return fields
    for problem in type_problems(fields):
        raise BadMetadata(f"{where}: {problem}")
    texts = {name: json.loads(fields[name]) if fields[name] else None for name in JSON_TEXTS}
    face, occluder = fields["face"], fields["occluder"]
    return {
        **fields,
        **texts,
        "face": face | {"person": face["person"] or None},
        "occluder": occluder if occluder["id"] else None,
        "backends": {stage: name or None for stage, name in fields["backends"].items()},
    }


def type_problems(fields: Mapping[str, Any]) -> Iterator[str]:
    """Fields that are missing, unknown, or of another type than every sample's, since schema 2."""
    schema = fields.get("schema", 0)
    if schema < _TEXTS_SINCE:
        return
    expected = dict(SAMPLE_FIELDS)
    if schema < _CACHE_KEY_SINCE:
        del expected["cache_key"]
    yield from _problems("json", fields, expected)
    for name in JSON_TEXTS:
        text = fields.get(name)
        if isinstance(text, str) and not (_is_object(text) or (name == "network" and not text)):
            yield f"json > {name}: expected the text of a JSON object, got {text[:40]!r}"


def _problems(where: str, value: Any, expected: Any) -> Iterator[str]:
    if isinstance(expected, dict):
        if not isinstance(value, dict):
            yield f"{where}: expected an object, got {_in_words(value)}"
            return
        if absent := [name for name in expected if name not in value]:
            yield f"{where}: expected fields {', '.join(absent)}, missing"
        if unknown := [name for name in value if name not in expected]:
            yield f"{where}: expected fields of its schema alone, got {', '.join(unknown)} too"
        for name in (name for name in expected if name in value):
            yield from _problems(f"{where} > {name}", value[name], expected[name])
    elif isinstance(expected, list):
        if not isinstance(value, list) or not value:
            yield f"{where}: expected a list of at least one {expected[0]}, got {_in_words(value)}"
            return
        for item in value:
            yield from _problems(where, item, expected[0])
    elif not _fits(value, expected):
        article = "an" if expected == INTEGER else "a"
        yield f"{where}: expected {article} {expected} as in every sample, got {_in_words(value)}"


def _fits(value: Any, expected: str) -> bool:
    if expected == NUMBER:
        return isinstance(value, float) and math.isfinite(value)
    if expected == INTEGER:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return json.dumps(value)[:60]


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
