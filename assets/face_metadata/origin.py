"""The origin of a face of CelebAMask-HQ, from side-car, identity table and partition, in this order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from assets.face_metadata.partition import partition_of
from assets.face_metadata.partition_lists import CELEBAMASK_FOLDER, CELEBAMASK_IMAGES
from assets.face_metadata.tables import FaceTables
from assets.problems import Problem, ReportProblem
from assets.reading.naming import id_of
from assets.reading.tally import Tally
from assets.records import Origin
from assets.text.sidecar import SIDECAR, Sidecar
from assets.text.sidecar_row import Point

CELEBAMASK_LICENCE = "CelebAMask-HQ: non-commercial research only, no redistribution of the photographs"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceKnown:
    """One face as described by all tables; ``metadata`` goes into the entry's json."""

    origin: Origin
    landmarks: dict[str, Point]
    metadata: dict[str, object]


class FaceOrigins:
    """Origin and metadata of the faces of a raw folder.

    Person and split come from the side-car. If it names none, the person comes from the identity table and
    the split from the partition. Raises ValueError if the side-car or a list can't be read.
    """

    def __init__(self, raw: Path, report: ReportProblem) -> None:
        folder = raw / CELEBAMASK_FOLDER
        self._sidecar = Sidecar(folder, raw, report, (f"{CELEBAMASK_IMAGES}/*",))
        self._tables = FaceTables(raw, folder, report)
        self._partition = partition_of(raw, report)
        self._disputed, self._report = Tally(), report

    def describe(self, name: str) -> FaceKnown:
        """The face on a photograph, by its file name. Call once for each: the tables' rows are removed."""
        stem = Path(name).stem
        row, tables = self._sidecar.row_of(f"{CELEBAMASK_IMAGES}/{name}"), self._tables.metadata_of(stem)
        origin = self._partition.origin(id_of(stem), row.origin(CELEBAMASK_FOLDER, CELEBAMASK_LICENCE))
        group = self._partition.groups.get(id_of(stem))
        if row.split is not None and group is not None and row.split != group.split:
            self._disputed.add(name)
        return FaceKnown(
            origin=replace(origin, person=origin.person or tables.person),
            landmarks=row.landmarks,
            metadata=tables.fields,
        )

    def finish(self) -> None:
        """Call after the last face. Reports gaps in the tables, and conflicts between side-car and lists."""
        self._sidecar.finish()
        self._tables.finish()
        if self._disputed:
            expected = "the split that the lists or verdicts give; excluded counts, else the side-car's"
            got = f"another of {self._disputed}"
            self._report(
                Problem(path=f"{CELEBAMASK_FOLDER}/{SIDECAR}", expected=expected, got=got, action="noted")
            )
