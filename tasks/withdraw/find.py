"""What an input means: all entries of a bank and all samples that were made from it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from assets.bank.reader import Entry
from assets.reading.naming import normal
from assets.text.lines import is_picture_name
from assets.text.withdrawals import FILE, ONE_OBJECT, PERSON, PHOTOGRAPH, Withdrawal
from manifests.rows import Row
from natocc.files.read import hash_file
from natocc.kinds import FACE, kind_named

# What follows the photograph in an object's source.
_ANNOTATION = " annotation "
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownInput:
    """An input of the bank or of a sample. ``source``: its path in the raw folder; "" if unknown."""

    kind: str
    id: str
    photo: str
    person: str | None = None
    source: str = ""
    sha256: str = ""
    # The bank's own words for its source, which name the annotation of an object too.
    label: str = ""

    @property
    def names(self) -> Iterator[str]:
        """All by which it can be given."""
        names = (self.id, self.person, self.photo, self.source, self.sha256, self.label)
        return filter(None, dict.fromkeys(names))


@dataclass(slots=True, kw_only=True)
class Meaning:
    """What is withdrawn. An object alone is one annotation; a photograph is all that was cut from it."""

    name: str
    roles: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    # Of each file, in normal form: its path as it is spelt, and its photograph in bank and versions.
    _sources: dict[str, KnownInput] = field(default_factory=dict)

    def learn(self, known: KnownInput) -> None:
        """Take over what the name means, if it is one of this input."""
        if self.name == known.person:
            self._add("person", self.persons, known.person)
        if self.name in (known.photo, known.source, normal(known.source)):
            self._add("photograph", self.photos, known.photo)
        elif self.name in (known.id, known.sha256, known.label):
            if known.kind == ONE_OBJECT:
                self._add(known.kind, self.objects, known.id)
            else:
                self._add(known.kind, self.photos, known.photo)

    def add(self, other: Meaning) -> None:
        """Take over another meaning of the same input."""
        self.roles |= other.roles
        self.persons |= other.persons
        self.photos |= other.photos
        self.objects |= other.objects
        self.files |= other.files

    def learn_rows(self, rows: Sequence[Withdrawal]) -> None:
        """Take over what earlier withdrawals of the same input named, and all hashes of its photographs."""
        sets = {PERSON: self.persons, PHOTOGRAPH: self.photos, FILE: self.files, ONE_OBJECT: self.objects}
        for row in rows:
            if self.name in (row.input, row.name):
                self._add("withdrawn before", sets[row.what], row.name)
                self.photos |= {row.photo} - {""}
        self.photos |= {row.name for row in rows if row.what == PHOTOGRAPH and row.photo in self.photos}

    def learn_file(self, raw: Path) -> None:
        """Take over a file of the raw folder that nothing was made of."""
        name = PurePosixPath(self.name)
        within = is_picture_name(self.name) and not name.is_absolute() and ".." not in name.parts
        # Path's own raises where a name is too long.
        if within and os.path.isfile(raw / name):  # noqa: PTH113
            self._add("file", self.files, normal(name.as_posix()))
            self.photos.add(hash_file(raw / name))

    def close(self, known: Iterable[KnownInput]) -> tuple[KnownInput, ...]:
        """All inputs that it covers; those of its persons add their photographs."""
        inputs = tuple(known)
        self.photos |= {one.photo for one in inputs if one.photo and one.person in self.persons}
        covered = tuple(one for one in inputs if self.covers(one))
        self._sources |= {
            normal(one.source): one for one in covered if one.source and one.photo in self.photos
        }
        self.files |= self._sources.keys()
        return covered

    def covers(self, known: KnownInput) -> bool:
        return (
            known.photo in self.photos
            or known.person in self.persons
            or (known.kind == ONE_OBJECT and known.id in self.objects)
        )

    def covers_row(self, row: Row) -> bool:
        return any(self.covers(known) for known in inputs_of(row))

    def subjects(self, raw: Path) -> list[tuple[str, str]]:
        """The rows of the ban. A file whose own hash is not its photograph's is named by both."""
        photos = {photo for photo in self.photos | self._own_hashes(raw).keys() if _SHA256.fullmatch(photo)}
        by_what = {PERSON: self.persons, PHOTOGRAPH: photos, FILE: self.files, ONE_OBJECT: self.objects}
        return [(what, name) for what, names in by_what.items() for name in sorted(names)]

    def photo_behind(self, raw: Path, what: str, name: str) -> str:
        """The hash of a row's photograph in bank and versions; "" if the row names it, or none is known."""
        source = self._sources.get(name) if what == FILE else None
        if what == PHOTOGRAPH:
            source = self._sources.get(self._own_hashes(raw).get(name, ""))
        return source.photo if source is not None and source.photo != name else ""

    def _own_hashes(self, raw: Path) -> dict[str, str]:
        """The file of each hash."""
        paths = {
            name: raw / (self._sources[name].source if name in self._sources else name) for name in self.files
        }
        return {hash_file(path): name for name, path in sorted(paths.items()) if path.is_file()}

    def _add(self, role: str, names: set[str], name: str | None) -> None:
        if name:
            self.roles.add(role)
            names.add(name)


def as_input(entry: Entry) -> KnownInput:
    """An entry of the bank."""
    return KnownInput(
        kind=entry.kind,
        id=entry.id,
        photo=entry.photo,
        person=entry.person,
        source=entry.source.partition(_ANNOTATION)[0] if entry.kind == ONE_OBJECT else entry.source,
        sha256=entry.sha256,
        label=entry.source,
    )


def inputs_of(row: Row) -> Iterator[KnownInput]:
    """The face and the occluder of a sample."""
    yield KnownInput(
        kind=FACE, id=row.face_id, photo=row.face_photo, person=row.person or None, sha256=row.face_sha256
    )
    pool = kind_named(row.kind).pool
    if row.occluder_id is not None and pool is not None:
        photo, sha256 = row.occluder_photo or "", row.occluder_sha256 or ""
        yield KnownInput(kind=pool.name, id=row.occluder_id, photo=photo, sha256=sha256)
