"""``withdrawn.json``: what was withdrawn from a dataset, and the versions that were replaced for it.

It stands beside ``versions.json`` and does not depend on it, so that a damaged history undoes no withdrawal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from pydantic import TypeAdapter

from manifests.dataset import lock_pointer
from natocc.document import DocumentFormat
from shards import storage
from shards.document import as_record, read_document, write_document

WITHDRAWN = "withdrawn.json"
_AGAIN = (
    "put a copy of it back; or remove it and run `natocc withdraw` again for each input in the withdrawn.csv "
    "of the raw folder, which writes it again"
)
_FORMAT = DocumentFormat(
    name="natocc-withdrawn",
    schema=1,
    hashed_since=1,
    what="the record of withdrawals of a dataset",
    make="run `natocc withdraw`, which begins it",
    repair=_AGAIN,
    upgrade=_AGAIN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnInput:
    """What no version may hold again: ``what`` and ``name`` are those of a row in ``withdrawn.csv``."""

    what: str
    name: str
    # The input that was withdrawn, as it was given, and the day.
    input: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedVersion:
    """A version that held withdrawn inputs; ``by`` is None if nothing of it was left."""

    version: str
    by: str | None
    # The ISO time after which it may be removed.
    gone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRecord:
    """The content of ``withdrawn.json``."""

    inputs: tuple[WithdrawnInput, ...] = ()
    versions: tuple[ReplacedVersion, ...] = ()

    def replaced(self, version: str) -> ReplacedVersion | None:
        """What replaced a version; None if it was not."""
        return next((one for one in self.versions if one.version == version), None)

    def marks(self, version: str) -> tuple[str | None, str | None]:
        """The time after which a version may be removed, and the version that it replaced first."""
        replaced = self.replaced(version)
        first = next((one.version for one in self.versions if one.by == version), None)
        return None if replaced is None else replaced.gone, first


_RECORD = TypeAdapter(WithdrawalRecord)


def read_withdrawal_record(dataset_url: str) -> WithdrawalRecord:
    """The record of a dataset; empty without one. Raises BadDocument if it is damaged or newer."""
    url = storage.join(dataset_url, WITHDRAWN)
    if not storage.exists(url):
        return WithdrawalRecord()
    fields = read_document(url, _FORMAT)
    return as_record(_RECORD, {name: fields.get(name) for name in ("inputs", "versions")}, url, _FORMAT)


def add_to_withdrawal_record(
    dataset_url: str,
    inputs: Iterable[WithdrawnInput] = (),
    versions: Iterable[ReplacedVersion] = (),
    *,
    wait: bool = False,
) -> None:
    """Add what the record lacks. An input keeps its first day, a version its earliest time.

    Raises BadDocument for a damaged record, InUse as ``lock_pointer`` does.
    """
    with lock_pointer(dataset_url, wait=wait):
        before = read_withdrawal_record(dataset_url)
        subjects = {(one.what, one.name): one for one in (*inputs, *before.inputs)}
        known = {(one.what, one.name) for one in before.inputs}
        new = [one for subject, one in subjects.items() if subject not in known]
        replaced = {one.version: one for one in before.versions}
        for one in versions:
            other = replaced.get(one.version, one)
            gone = min(one.gone, other.gone, key=datetime.fromisoformat)
            by = one.by if one.by is not None else other.by
            replaced[one.version] = ReplacedVersion(version=one.version, by=by, gone=gone)
        after = WithdrawalRecord(inputs=(*before.inputs, *new), versions=tuple(replaced.values()))
        if after != before:
            write_document(storage.join(dataset_url, WITHDRAWN), _FORMAT, asdict(after))
