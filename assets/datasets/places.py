"""The places of a raw folder that readers read. Whatever lies elsewhere is read by none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

from assets.datasets import realocc
from assets.datasets.celebamask.reader import CELEBAMASK_FOLDER, CELEBAMASK_IMAGES, CELEBAMASK_MASKS
from assets.datasets.coco import voo_objects
from assets.datasets.coco.reader import COCO_FOLDER
from assets.datasets.cofw.genuine import COFW_ALIGNED, masks_folder
from assets.datasets.cofw.reader import COFW_FOLDERS, cofw_files
from assets.datasets.dtd.reader import DTD_FOLDER
from assets.datasets.evaluation import SOURCES
from assets.datasets.faceocc import reader as faceocc
from assets.datasets.hands import reader as hands
from assets.datasets.hands.selection import LIST
from assets.datasets.iharmony4 import reader as iharmony4
from assets.datasets.published import PUBLISHED
from assets.face_metadata.celeba import IDENTITY_FOLDERS
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.face_metadata.defects.tree import DEFECTS_FILE
from assets.face_metadata.partition_lists import face_texts
from assets.face_metadata.tables import TABLES
from assets.reading.folders import first_folder
from assets.reading.locate_folder import spellings
from assets.text.sidecar import SIDECAR
from assets.text.withdrawals import WITHDRAWALS

# Files of publishers that hold no data which readers use.
_PAPERS = re.compile(
    r"(?!.*\.(csv|tsv|json|jsonl)$)(?:(readme|licen[cs]e|copying|notice|authors|citation|changelog|change_log|terms|agreement|md5|sha256)"
    r".*|.*\.(md|md5|sha1|sha256|sha512|rst|bib|url|webloc))",
    re.IGNORECASE,
)
# COCO's annotations of other kinds, 11k Hands' table in other formats, the record of the demo photographs;
# a list of hands in another place, which its reader reports.
_NAMED_ELSEWHERE = re.compile(
    r"COCO/annotations/(captions|person_keypoints|stuff|panoptic|image_info)_.*\.json"
    r"|11k-hands/HandInfo\.(txt|mat|xlsx?)|natocc-sample\.json"
    r"|11k_hands_sample\.txt"
)
# Folders of publishers, and of natocc's own, that no reader of a bank reads on purpose.
_UNUSED = ("11k-hand_sr", f"{DTD_FOLDER}/imdb", "CelebA")
# A name at least this similar is taken for a misspelling.
_SIMILAR = 0.85


@dataclass(frozen=True, kw_only=True)
class ReadPlaces:
    """Paths relative to the raw folder. The reader of a folder reports what does not belong into it."""

    folders: frozenset[str]
    files: frozenset[str]

    @cached_property
    def above(self) -> frozenset[str]:
        """The folders above all places."""
        paths = (Path(place) for place in (*self.folders, *self.files))
        return frozenset(parent.as_posix() for path in paths for parent in path.parents)

    def has_file(self, path: str) -> bool:
        """Whether a reader reads this file, or all pass over it on purpose."""
        name = path.rpartition("/")[2]
        return path in self.files or bool(_PAPERS.fullmatch(name) or _NAMED_ELSEWHERE.fullmatch(path))


def read_places(raw: Path) -> ReadPlaces:
    """The places in this raw folder. A dataset whose folders are missing has none."""
    folders = {*_faces(raw), *_objects(raw), *_hands(raw), *_others(raw), *_UNUSED}
    for source in SOURCES:
        folders |= set(_occluded(raw, source))
    return ReadPlaces(folders=frozenset(folders), files=frozenset(_files(raw)))


def similar_place(path: str) -> str:
    """The place whose name this folder's resembles; "" if there is none."""
    parts = path.split("/")
    for known in _known():
        if spellings(known.split("/")) == spellings(parts):
            return known
    siblings = [known for known in _known() if known.split("/")[:-1] == parts[:-1]]
    likeness, known = max(((_likeness(known, path), known) for known in siblings), default=(0.0, ""))
    return known if likeness >= _SIMILAR else ""


def _likeness(known: str, path: str) -> float:
    first, second = spellings([known.split("/")[-1], path.split("/")[-1]])
    return SequenceMatcher(None, first, second).ratio()


def _known() -> Iterator[str]:
    """Every folder that some reader reads, and those above it."""
    places = [place for published in PUBLISHED for place in published.places]
    places += [f"{CELEBAMASK_FOLDER}/{CELEBAMASK_MASKS}", f"{COCO_FOLDER}/annotations", *hands.MASK_FOLDERS]
    places += [f"{source.folder}/{name}" for source in SOURCES for name in (*realocc.OCCLUDED_MASKS, "split")]
    places += [
        f"{folder}/{name}".lstrip("/") for folder in voo_objects.VOO_FOLDERS for name in voo_objects.VOO_MASKS
    ]
    for place in dict.fromkeys(places):
        yield from (above.as_posix() for above in (*reversed(Path(place).parents), Path(place)))


def _faces(raw: Path) -> Iterator[str]:
    images = f"{CELEBAMASK_FOLDER}/{CELEBAMASK_IMAGES}"
    if (raw / images).is_dir():
        yield from (images, f"{CELEBAMASK_FOLDER}/{CELEBAMASK_MASKS}", CORRECTED_FOLDER)


def _objects(raw: Path) -> Iterator[str]:
    """Photographs of COCO's annotation files, and Voo et al.'s objects."""
    coco = raw / COCO_FOLDER
    for path in (coco / "annotations").glob("instances_*.json"):
        split = path.stem.removeprefix("instances_")
        yield from _below(raw, first_folder(coco, split, f"images/{split}"))
    folder = voo_objects.voo_folder(raw)
    if folder is not None:
        pictures, masks = folder / voo_objects.VOO_PICTURES, first_folder(folder, *voo_objects.VOO_MASKS)
        yield from _below(raw, *((pictures, masks) if pictures.is_dir() and masks else ()))


def _hands(raw: Path) -> Iterator[str]:
    if (raw / hands.HANDS_FOLDER / "Hands").is_dir():
        yield from (f"{hands.HANDS_FOLDER}/Hands", *hands.MASK_FOLDERS)


def _occluded(raw: Path, source: realocc.OccludedSource) -> Iterator[str]:
    pictures = first_folder(raw / source.folder, *realocc.OCCLUDED_PICTURES)
    masks = first_folder(raw / source.folder, *realocc.OCCLUDED_MASKS)
    if pictures and masks:
        yield from _below(raw, pictures, masks)


def _others(raw: Path) -> Iterator[str]:
    """Textures, COFW's masks, FaceOcc and iHarmony4."""
    yield from _below(raw, masks_folder(raw))
    if (raw / DTD_FOLDER / "images").is_dir():
        yield from (f"{DTD_FOLDER}/images", f"{DTD_FOLDER}/labels")
    folder = faceocc.faceocc_folder(raw)
    if folder is not None:
        yield from _below(raw, *(folder / name for name in (*faceocc.FACEOCC_FOLDERS, faceocc.PICKLES)))
    composites = first_folder(raw, *iharmony4.IHARMONY4_FOLDERS)
    if composites is not None:
        yield from _below(
            raw, *(composites / s / kind for s in iharmony4.SUBSETS for kind in iharmony4.IHARMONY4_KINDS)
        )


def _files(raw: Path) -> Iterator[str]:
    """Tables, lists and side-cars, and COFW's files."""
    yield WITHDRAWALS
    for name in (CELEBAMASK_FOLDER, COCO_FOLDER, hands.HANDS_FOLDER, DTD_FOLDER):
        yield f"{name}/{SIDECAR}"
    yield from (f"{source.folder}/{name}" for source in SOURCES for name in (SIDECAR, "split/val.txt"))
    yield from (f"{CELEBAMASK_FOLDER}/{name}" for name in (*TABLES, DEFECTS_FILE))
    yield from (f"{folder}/identity_CelebA.txt" for folder in IDENTITY_FOLDERS)
    # Those that are no lists are named by the lists' reader.
    yield from _below(raw, *face_texts(raw))
    yield f"{hands.HANDS_FOLDER}/HandInfo.csv"
    yield from (f"{folder}/{LIST}" for folder in (hands.HANDS_FOLDER, *hands.MASK_FOLDERS))
    yield from _below(raw, *(raw / COCO_FOLDER / "annotations").glob("instances_*.json"))
    for folder in (voo_objects.voo_folder(raw), faceocc.faceocc_folder(raw)):
        if folder not in (None, raw):
            yield from _below(raw, folder / SIDECAR)
    yield from _below(raw, *cofw_files(raw))
    yield from (f"{name}/{COFW_ALIGNED}" for name in COFW_FOLDERS)
    for name in iharmony4.IHARMONY4_FOLDERS:
        lists = [f"IHD_{split}.txt" for split in ("train", "test")]
        lists += [f"{s}/{s}_{split}.txt" for s in iharmony4.SUBSETS for split in ("train", "test")]
        yield from (f"{name}/{file}" for file in (SIDECAR, *lists))


def _below(raw: Path, *paths: Path | None) -> Iterable[str]:
    return [path.relative_to(raw).as_posix() for path in paths if path is not None]
