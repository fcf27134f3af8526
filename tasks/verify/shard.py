"""Findings about one shard: its file, its keys against the manifest, its samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assets.wording import count_of
from manifests.dataset import MANIFEST, ShardRecord
from manifests.rows import Row
from manifests.sample import BadMetadata, read_fields, read_metadata
from manifests.shard_plan import shard_prefix
from shards import storage
from shards.reader import BadShard, read_shard
from tasks.verify.files import shard_file_findings, unreadable_file
from tasks.verify.rows import differences
from tasks.verify.sample import check_sample

# Since this schema of the json, a shard's name begins with its split.
_SPLIT_IN_NAME_SINCE = 2


@dataclass(frozen=True, slots=True)
class Form:
    """What all samples of a version share: the schema of their json, and their members."""

    schema: int
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"schema {self.schema} with {', '.join(self.members)}"


@dataclass(slots=True, kw_only=True)
class ShardFindings:
    """``findings`` is empty for a sound shard; ``keys`` are those that could be read, in order."""

    findings: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    # Forms of samples, with the first key of each.
    forms: dict[Form, str] = field(default_factory=dict)


def check_shard(url: str, file: str, record: ShardRecord | None, rows: Sequence[Row] | None) -> ShardFindings:
    """Check a shard as far as it can be read.

    ``record`` is None if the index is damaged, ``rows`` None if the manifest is.
    """
    checked = ShardFindings()
    if record is not None:
        checked.findings += shard_file_findings(url, record)
    kept = None if rows is None else {row.key: row for row in rows if row.verdict == "kept"}
    try:
        for key, members in read_shard(storage.join(url, file)):
            checked.keys.append(key)
            if (form := _form_of(members)) is not None:
                checked.forms.setdefault(form, key)
            found = [*check_sample(key, members), *_against_row(key, members, kept)]
            checked.findings += [f"{file}: {finding}" for finding in found]
    except BadShard as error:
        checked.findings.append(str(error))
    except OSError as error:
        if record is None:
            checked.findings.append(unreadable_file(file, error))
    checked.findings += _against_counts(file, checked.keys, record, kept)
    checked.findings += _against_name(file, record, checked.forms)
    return checked


def _form_of(members: Mapping[str, bytes]) -> Form | None:
    """The form of a sample; None if its json is missing or damaged, which ``check_sample`` names."""
    try:
        schema = read_fields(members["json"], "json").get("schema", 0)
    except (KeyError, BadMetadata):
        return None
    return Form(schema, tuple(sorted(members)))


def _against_name(file: str, record: ShardRecord | None, forms: Iterable[Form]) -> list[str]:
    if record is None or all(form.schema < _SPLIT_IN_NAME_SINCE for form in forms):
        return []
    prefix = shard_prefix(record.split, record.set)
    if file.startswith(prefix):
        return []
    return [f"{file}: expected a name that begins with {prefix}, for split {record.split}, got another"]


def _against_row(key: str, members: Mapping[str, bytes], kept: Mapping[str, Row] | None) -> list[str]:
    if kept is None:
        return []
    if key not in kept:
        return [f"{key}: expected a kept row in {MANIFEST}, got none"]
    try:
        metadata = read_metadata(members["json"], key)
        return [f"{key}: {finding}" for finding in differences(kept[key], metadata)]
    except (KeyError, ValueError, AttributeError):
        # check_sample names a json that is missing or damaged.
        return []


def _against_counts(
    file: str, keys: Sequence[str], record: ShardRecord | None, kept: Mapping[str, Row] | None
) -> list[str]:
    if kept is not None and [*keys] != [*kept]:
        expected = f"the manifest's {count_of(len(kept), 'kept samples')} in order"
        return [f"{file}: expected {expected}, got {len(keys)}"]
    if kept is None and record is not None and len(keys) != record.samples:
        return [f"{file}: expected {count_of(record.samples, 'samples')} as recorded, got {len(keys)}"]
    return []
