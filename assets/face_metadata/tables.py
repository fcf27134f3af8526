"""CelebAMask-HQ's own tables joined: attributes, pose, number in CelebA, split and identity of a face."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assets.face_metadata.attributes import ATTRIBUTES, read_attributes
from assets.face_metadata.celeba import MAPPING, celeba_file, official_split, read_identities, read_mapping
from assets.face_metadata.defects.tree import find_defects
from assets.face_metadata.photo_table import note
from assets.face_metadata.poses import POSES, read_poses
from assets.problems import ReportProblem
from assets.reading.naming import id_of, same_name
from assets.reading.tally import Tally
from assets.text.lines import bare_name

# Beside the photographs. CelebA's table of identities may lie elsewhere.
TABLES = (ATTRIBUTES, POSES, MAPPING)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceMetadata:
    """``fields`` of the entry's json; ``person`` is None if no table names a person."""

    fields: dict[str, object]
    person: str | None = None


class FaceTables:
    """The tables of a raw folder. Each may be absent, as for user-provided photographs.

    ``defects`` are the known defects of its faces.

    Call ``metadata_of`` for every photograph, then ``finish``, which reports rows without a photograph and
    photographs without a row.
    """

    def __init__(self, raw: Path, folder: Path, report: ReportProblem) -> None:
        self._report = report
        self._last = "", FaceMetadata(fields={})
        self._nameless = Tally()
        self._attributes = read_attributes(raw, folder, report)
        self._poses = read_poses(raw, folder, report)
        self._mapping = read_mapping(raw, folder, report)
        self._identities = read_identities(raw, self._mapping, report)
        self.defects = find_defects(raw, self._mapping, report)

    def metadata_of(self, stem: str) -> FaceMetadata:
        """The rows of the photograph with this name, in all tables."""
        name = same_name(stem)
        if name != self._last[0]:  # 7.jpg and 007.jpg: a duplicate photograph, reported elsewhere
            self._last = name, self._take(name)
        return self._last[1]

    def finish(self) -> None:
        """Report photographs without a row, rows without a photograph, and faces with known defects."""
        self.defects.report(self._report)
        for table in (self._attributes, self._poses, self._mapping):
            if table is not None:
                table.report_mismatches(self._report)
        if self._nameless and self._identities is not None:
            expected = "the identity of each face that is mapped"
            self._report(note(self._identities.where, expected, f"none for {self._nameless}"))

    def _take(self, name: str) -> FaceMetadata:
        fields: dict[str, object] = {}
        person = None
        if self._mapping and (number := self._mapping.take(name)) is not None:
            file = celeba_file(number)
            fields["celeba"] = {"orig_idx": number, "orig_file": file}
            fields["official_split"] = official_split(number)
            person = self._person(file)
        if self._poses and (pose := self._poses.take(name)) is not None:
            fields["pose_deg"] = pose._asdict()
        if self._attributes and (present := self._attributes.take(name)) is not None:
            fields["attributes"] = list(present)
        fields |= self.defects.metadata_of(id_of(name))
        return FaceMetadata(fields=fields, person=person)

    def _person(self, file: str) -> str | None:
        """The person on a photograph of CelebA. Photographs that the identity table lacks are counted."""
        if self._identities is None:
            return None
        identity = self._identities.rows.get(bare_name(file))
        if identity is None:
            self._nameless.add(file)
            return None
        return f"celeba:{identity}"
