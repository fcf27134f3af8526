"""Tables, lists and side-cars in a place where no reader looks, known by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from assets.datasets.celebamask.reader import CELEBAMASK_FOLDER
from assets.datasets.coco.reader import COCO_FOLDER
from assets.datasets.dtd.reader import DTD_FOLDER
from assets.datasets.evaluation import SOURCES
from assets.datasets.hands.reader import HANDS_FOLDER
from assets.datasets.hands.selection import LIST
from assets.datasets.iharmony4.reader import IHARMONY4_FOLDERS
from assets.datasets.places import read_places
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.face_metadata.defects.tree import DEFECTS_FILE
from assets.face_metadata.tables import TABLES
from assets.face_metadata.verdicts import VERDICTS_FILE
from assets.problems import BadInput, Problem
from assets.reading.folders import files_below
from assets.text.sidecar import SIDECAR

_ENDINGS = (".txt", ".csv", ".json")
_TABLES = "|".join(map(re.escape, TABLES))
# Names by the folder that they belong into.
_ANYWHERE: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        CELEBAMASK_FOLDER: re.compile(f"{_TABLES}|identity_CelebA\\.txt", re.IGNORECASE),
        CORRECTED_FOLDER: re.compile(re.escape(VERDICTS_FILE), re.IGNORECASE),
        HANDS_FOLDER: re.compile(f"HandInfo\\.csv|{re.escape(LIST)}", re.IGNORECASE),
        f"{COCO_FOLDER}/annotations": re.compile(r"instances_.*\.json", re.IGNORECASE),
        f"{DTD_FOLDER}/labels": re.compile(r"labels_joint_anno\.txt", re.IGNORECASE),
        IHARMONY4_FOLDERS[0]: re.compile(r"IHD_(train|test)\.txt", re.IGNORECASE),
    }
)
# As above, but the name says too little outside its dataset.
_INSIDE: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        f"{DTD_FOLDER}/labels": re.compile(r"(train|val|test)\d+\.txt", re.IGNORECASE),
        CELEBAMASK_FOLDER: re.compile(re.escape(DEFECTS_FILE), re.IGNORECASE),
        **{f"{source.folder}/split": re.compile(r"val\.txt", re.IGNORECASE) for source in SOURCES},
    }
)


def misplaced_files(raw: Path) -> Iterator[Problem]:
    """A refused finding, with the right place, for each file that its name tells and that no reader reads.

    Lists of faces are left to their own reader. Whole trees below the raw folder, such as a backup, are left
    to the count of what nobody reads.
    """
    places = read_places(raw)
    homes = _sidecar_homes(places.files)
    for path in files_below(raw, _is_known):
        name = path.rpartition("/")[2]
        whole = any(f"/{path}".endswith(f"/{place}") for place in _places_of(name, homes))
        if path == SIDECAR or whole or places.has_file(path):
            continue
        folder = _home_of(path, homes) if name == SIDECAR else _folder_of(path)
        if folder or name == SIDECAR:
            got = f"one in a place that is not read; {_advice(raw, folder, name)}"
            yield Problem(path=path, expected=f"{name} in {folder or 'the folder of its dataset'}", got=got)


def check_sidecars(raw: Path) -> None:
    """Raise BadInput for a side-car deep in a dataset that has none in its place.

    Its splits would be lost.
    """
    files = read_places(raw).files
    homes = _sidecar_homes(files)
    for path in files_below(raw, lambda name: name == SIDECAR):
        home = _home_of(path, homes)
        if path not in files and home and not (raw / home / SIDECAR).is_file():
            place = f"{home}/{SIDECAR}"
            raise BadInput("the side-car here", f"{path}, which is not read; move it to {place}", place)


def _advice(raw: Path, folder: str, name: str) -> str:
    if not folder:
        return "move it to the folder of its dataset"
    place = f"{folder}/{name}"
    return f"{place} is read; take this one out" if (raw / place).is_file() else f"move it to {place}"


def _is_known(name: str) -> bool:
    return name == SIDECAR or bool(name.lower().endswith(_ENDINGS) and _folders_of(name))


def _folders_of(name: str) -> list[str]:
    """The folders that a table or list of this name may belong into."""
    return [folder for rules in (_INSIDE, _ANYWHERE) for folder, one in rules.items() if one.fullmatch(name)]


def _places_of(name: str, homes: list[str]) -> list[str]:
    return [f"{folder}/{name}" for folder in (homes if name == SIDECAR else _folders_of(name))]


def _folder_of(path: str) -> str:
    """The folder that a table or list belongs into; "" if its name tells none."""
    name = path.rpartition("/")[2]
    for folder, one in _INSIDE.items():
        if path.startswith(f"{folder.partition('/')[0]}/") and one.fullmatch(name):
            return folder
    return next((folder for folder, one in _ANYWHERE.items() if one.fullmatch(name)), "")


def _sidecar_homes(files: frozenset[str]) -> list[str]:
    """The folders of datasets that may have a side-car, the deepest first."""
    homes = {path.removesuffix(f"/{SIDECAR}") for path in files if path.endswith(f"/{SIDECAR}")}
    return sorted(homes, key=lambda home: (-home.count("/"), home))


def _home_of(path: str, homes: list[str]) -> str:
    """The dataset's folder that a side-car lies in; "" outside all."""
    return next((home for home in homes if path.startswith(f"{home}/")), "")
