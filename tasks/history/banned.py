"""Nothing is made of an input that was withdrawn from a dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assets.bank.reader import Entry
from assets.reading.naming import normal
from assets.text.withdrawals import FILE, ONE_OBJECT, PERSON, PHOTOGRAPH
from manifests.dataset import read_manifest
from manifests.history import standing_in_for
from manifests.rows import Row
from manifests.withdrawn import WITHDRAWN, WithdrawnInput, read_withdrawal_record
from natocc.files.show import one_line
from natocc.kinds import FACE, kind_named
from tasks.errors import BuildStopped
from tasks.history.locate import LocatedVersion
from tasks.history.record import restored_history, standing_version

# What follows the photograph in an object's source.
_ANNOTATION = " annotation "


@dataclass(frozen=True, slots=True)
class Bans:
    """The withdrawn inputs of a dataset by what they are and their name."""

    found: dict[tuple[str, str], WithdrawnInput]

    def of_entry(self, entry: Entry) -> WithdrawnInput | None:
        """The ban of an entry of a bank, if there is one."""
        source = entry.source.partition(_ANNOTATION)[0] if entry.kind == ONE_OBJECT else entry.source
        return self._first(entry.kind, entry.id, entry.photo, entry.person) or self.found.get(
            (FILE, normal(source))
        )

    def of_row(self, row: Row) -> WithdrawnInput | None:
        """The ban of a sample's face or occluder, if there is one."""
        face = self._first(FACE, row.face_id, row.face_photo, row.person)
        pool = kind_named(row.kind).pool
        if face is not None or pool is None or row.occluder_id is None:
            return face
        return self._first(pool.name, row.occluder_id, row.occluder_photo, None)

    def _first(self, kind: str, name: str, photo: str | None, person: str | None) -> WithdrawnInput | None:
        subjects = [(PHOTOGRAPH, photo), (PERSON, person)]
        subjects += [(ONE_OBJECT, name)] if kind == ONE_OBJECT else []
        return next((ban for what, of in subjects if of and (ban := self.found.get((what, of)))), None)


def bans_of(dataset_url: str) -> Bans:
    """The bans of a dataset. Raises BadDocument for a damaged ``withdrawn.json``."""
    return Bans({(one.what, one.name): one for one in read_withdrawal_record(dataset_url).inputs})


def refuse_withdrawn_entries(dataset_url: str, entries: Callable[[], Iterable[Entry]]) -> None:
    """Raise BuildStopped for entries of a bank of which one was withdrawn from the dataset.

    Raises BadDocument for a damaged ``withdrawn.json``.
    """
    bans = bans_of(dataset_url)
    if not bans.found:
        return
    for entry in entries():
        if (ban := bans.of_entry(entry)) is not None:
            raise BuildStopped(
                f"{dataset_url}: expected a bank without what was withdrawn from this dataset, got "
                f"{entry.kind} {one_line(entry.id)} in it ({_in_words(ban)}); prepare the bank again from "
                "the raw folder whose withdrawn.csv bans it, or build into another folder (--out) if the ban "
                "was taken back"
            )


def refuse_withdrawn_version(located: LocatedVersion) -> None:
    """Raise BuildStopped for a version that was replaced by a withdrawal, or that has withdrawn inputs.

    Raises BadDocument for a damaged ``withdrawn.json``, BadRows for a damaged manifest.
    """
    refuse_gone(located.dataset_url, located.version)
    bans = bans_of(located.dataset_url)
    if not bans.found:
        return
    for row in read_manifest(located.url, located.dataset):
        if (ban := bans.of_row(row)) is not None:
            raise BuildStopped(
                f"{located.url}: expected a version without withdrawn inputs, got one with sample "
                f"{one_line(row.key)} of {_in_words(ban)}; {_instead(located.dataset_url, located.version)}"
            )


def refuse_gone(dataset_url: str, version: str) -> None:
    """Raise BuildStopped for the name of a version that was replaced by a withdrawal."""
    history, _ = restored_history(dataset_url)
    record = read_withdrawal_record(dataset_url)
    gone = next((entry.gone for entry in history if entry.version == version), None)
    if replaced := record.replaced(version):
        gone = replaced.gone
    if gone is not None:
        raise BuildStopped(
            f"{dataset_url}/{version}: expected a version to go on with, got one that was withdrawn and may "
            f"be removed after {gone}; {_instead(dataset_url, version)}"
        )


def usable_version(dataset_url: str, version: str) -> str:
    """The version that stands in for a planned one. Raises BuildStopped if a withdrawal replaced that."""
    standing = standing_version(dataset_url, version)
    refuse_gone(dataset_url, standing)
    return standing


def _instead(dataset_url: str, version: str) -> str:
    by = standing_in_for(restored_history(dataset_url)[0], version)
    return f"use {by}" if by != version else "use the latest version, or build one of a bank without them"


def _in_words(ban: WithdrawnInput) -> str:
    what = f"{ban.what} {one_line(ban.name)}"
    given = f", given as {one_line(ban.input)}" if ban.input not in ("", ban.name) else ""
    return f"{what}{given}, withdrawn on {ban.date or 'an unknown day'}, as {WITHDRAWN} says"
