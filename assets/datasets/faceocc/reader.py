"""FaceOcc's release (Yin et al. 2022): occluders cut out of photographs, and textures for them.

Crops of CelebA-HQ and FFHQ show the whole aligned face; their alpha marks the occluder. Pictures from the
internet show the occluder only. ``COFW_test`` in the same folder is read by ``assets/datasets/realocc.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from assets.face_metadata.origin import FaceOrigins
from assets.face_metadata.partition_lists import CELEBAMASK_FOLDER, CELEBAMASK_IMAGES
from assets.problems import Problem, ReportProblem
from assets.reading.folders import is_text, names_in, picture_names, pictures_in
from assets.reading.masks.choose import mask_files
from assets.reading.masks.match import match_masks
from assets.reading.masks.unfit import match_unfit
from assets.reading.naming import id_of
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched
from assets.records import Origin, RawCutout, RawTexture
from assets.text.sidecar import Sidecar
from assets.wording import count_of
from natocc.files.names import PICTURES, is_number
from natocc.files.read import hash_if_readable

FACEOCC_FOLDER = _DATASET = "FaceOcc"
CELEBA, FFHQ, INTERNET, FACEOCC_TEXTURES = "CelebAHQ", "ffhq", "internet", "texture"
FACEOCC_FOLDERS = (CELEBA, FFHQ, INTERNET, FACEOCC_TEXTURES)
PICKLES, TEST = "ffhqMask", "COFW_test"
TEXTURE_CLASS = "faceocc"
# FaceOcc's authors examined all photographs of CelebA-HQ, which are named 0 to 29999.
EXAMINED = 30000
# Approximate numbers as stated (Yin et al. 2023, section 3.1); exact numbers are not published.
_STATED: Mapping[str, int] = {CELEBA: 1700, FFHQ: 500, INTERNET: 300, FACEOCC_TEXTURES: 800}
_LICENCES: Mapping[str, str] = {
    CELEBA: "FaceOcc: MIT; photographs of CelebAMask-HQ: non-commercial research only, no redistribution",
    FFHQ: "FaceOcc: MIT; photographs of FFHQ: under their authors' terms, non-commercial",
    INTERNET: "FaceOcc: MIT; pictures from the internet, terms not stated",
    FACEOCC_TEXTURES: "FaceOcc: MIT",
}


def faceocc_folder(raw: Path) -> Path | None:
    """``RAW/FaceOcc``, or ``FaceOcc`` in it, whichever contains the release; None if neither does."""
    places = (raw / FACEOCC_FOLDER, raw / FACEOCC_FOLDER / FACEOCC_FOLDER)
    return next((place for place in places if any((place / name).is_dir() for name in FACEOCC_FOLDERS)), None)


def occlusions(
    raw: Path, stems: Iterable[str], report: ReportProblem
) -> tuple[dict[str, Path], dict[str, Path]]:
    """Crops of CelebA-HQ by the id of the occluded face, and files with a crop's name that are none.

    Both are empty without the release. ``stems`` are the names of all photographs. A second crop of one face
    is a Problem.
    ``read_faceocc_cutouts`` reports files that are not pictures, and crops without a photograph.
    """
    folder, found = faceocc_folder(raw), dict[str, Path]()
    if folder is None or not (folder / CELEBA).is_dir():
        return found, {}
    stems = list(stems)
    files = mask_files(folder / CELEBA, raw, _silent, endings=PICTURES)
    matches = match_masks(stems, files.masks)
    for crop in (*matches.unknown, *matches.ambiguous):
        found[id_of(crop.stem)] = crop
    for stem, (first, *others) in matches.candidates.items():
        found[id_of(stem)] = first
        for path in others:
            got = f"a second one beside {first.relative_to(raw).as_posix()}"
            where = path.relative_to(raw).as_posix()
            report(Problem(path=where, expected="one crop a face", got=got))
    unfit = {id_of(stem): path for stem, path in match_unfit(stems, files.unfit).items()}
    return found, {face: path for face, path in unfit.items() if face not in found}


def was_examined(stem: str, found: Mapping[str, Path]) -> bool:
    """Whether FaceOcc's authors examined this photograph. If so, the absence of a crop means no occlusion."""
    return bool(found) and is_number(stem) and int(stem) < EXAMINED


def read_faceocc_cutouts(raw: Path, report: ReportProblem) -> Iterator[RawCutout]:
    """Yield the occluders of CelebAHQ, ffhq and internet, in this order, by kind and by name.

    An occluder of CelebAHQ has the origin of its face in ``CelebAMask-HQ``, as ``read_faces`` gives it.
    Pickles, missing folders of the release and fewer pictures than stated are Problems.
    """
    folder = faceocc_folder(raw)
    if folder is None:
        return
    _check_layout(folder, raw, report)
    sidecar = Sidecar(folder, raw, report)
    photographs = _Photographs(raw)
    for part in (CELEBA, FFHQ):
        for image in _pictures(folder, part, raw, report):
            origin = sidecar.row_of(f"{part}/{image.name}").origin(_DATASET, _LICENCES[part])
            yield RawCutout(
                id=id_of(f"faceocc/{part}/{image.stem}"),
                image=image,
                mask=None,
                category="faceocc celeba" if part == CELEBA else "faceocc ffhq",
                origin=photographs.origin(image, origin) if part == CELEBA else origin,
                metadata={"face": photographs.face_of(image)} if part == CELEBA else {},
            )
    photographs.report_missing(folder / CELEBA, raw, report)
    for kind, image in _internet(folder / INTERNET, raw, report):
        row = sidecar.row_of(f"{INTERNET}/{kind}/{image.name}")
        yield RawCutout(
            id=id_of(f"faceocc/{kind}/{image.stem}"),
            image=image,
            mask=None,
            category=kind,
            origin=row.origin(_DATASET, _LICENCES[INTERNET]),
        )
    sidecar.finish()


def read_faceocc_textures(raw: Path, report: ReportProblem) -> Iterator[RawTexture]:
    """Yield the texture patches by name, as one class; nothing without the release."""
    folder = faceocc_folder(raw)
    if folder is None:
        return
    sidecar = Sidecar(folder, raw, lambda problem: None)
    for image in _pictures(folder, FACEOCC_TEXTURES, raw, report):
        yield RawTexture(
            id=id_of(f"faceocc/{FACEOCC_TEXTURES}/{image.stem}"),
            image=image,
            texture_class=TEXTURE_CLASS,
            origin=sidecar.row_of(f"{FACEOCC_TEXTURES}/{image.name}").origin(
                _DATASET, _LICENCES[FACEOCC_TEXTURES]
            ),
        )


class _Photographs:
    """The photographs of ``CelebAMask-HQ``, and the origins of the faces on them."""

    def __init__(self, raw: Path) -> None:
        there = raw / CELEBAMASK_FOLDER / CELEBAMASK_IMAGES
        names = picture_names(there, raw, _silent) if there.is_dir() else []
        crops, _ = occlusions(raw, (Path(name).stem for name in names), _silent)
        self._face_of = {crop: face for face, crop in crops.items()}
        # If two photographs have the same number, the first is used.
        found = ((id_of(Path(name).stem), name) for name in reversed(names))
        self._by_id = {face: there / name for face, name in found if face in crops}
        self._faces = FaceOrigins(raw, _silent)
        self._known: dict[str, Origin] = {}
        self._missing = Tally()

    def face_of(self, crop: Path) -> str:
        """The id of the face that a crop shows."""
        return self._face_of.get(crop) or id_of(crop.stem)

    def origin(self, crop: Path, origin: Origin) -> Origin:
        """The origin, completed with photograph, person and split of the face."""
        face = self.face_of(crop)
        photo = self._by_id.get(face)
        if photo is None or not photo.is_file():
            self._missing.add(crop.name)
        if face not in self._known:
            self._known[face] = self._face(photo, crop.stem)
        known = self._known[face]
        return replace(
            origin,
            photo=origin.photo or known.photo,
            person=origin.person or known.person,
            split=origin.split or known.split,
        )

    def _face(self, photo: Path | None, stem: str) -> Origin:
        """The face's own origin. The tables may name the person even if the photograph is missing."""
        known = self._faces.describe(f"{stem}.jpg" if photo is None else photo.name).origin
        if known.photo or photo is None or not photo.is_file():
            return known
        return replace(known, photo=hash_if_readable(photo))

    def report_missing(self, crops: Path, raw: Path, report: ReportProblem) -> None:
        """Report in one line all crops whose photograph is missing."""
        if self._missing:
            expected = f"a photograph of each in {CELEBAMASK_FOLDER}/{CELEBAMASK_IMAGES}"
            kind, todo = "crops without a photograph", "taken as occluders all the same; add the photographs"
            where = crops.relative_to(raw).as_posix()
            report(unmatched(where, kind, self._missing, expected=expected, todo=todo))


def _silent(problem: Problem) -> None:
    """Ignore a problem that another reader reports."""


def _pictures(folder: Path, part: str, raw: Path, report: ReportProblem) -> list[Path]:
    there = folder / part
    found = pictures_in(there, raw, report) if there.is_dir() else []
    _count(there, raw, len(found), _STATED[part], report)
    return found


def _internet(folder: Path, raw: Path, report: ReportProblem) -> Iterator[tuple[str, Path]]:
    """Kind and picture; files next to the kinds' folders are Problems."""
    count = 0
    for kind in sorted(folder / name for name in names_in(folder)) if folder.is_dir() else ():
        if not kind.is_dir() or not is_text(kind.name):
            got = "a file" if not kind.is_dir() else "a name that is not UTF-8"
            where = kind.relative_to(raw).as_posix()
            report(Problem(path=where, expected="a folder of one kind", got=got))
            continue
        for image in pictures_in(kind, raw, report):
            count += 1
            yield kind.name, image
    _count(folder, raw, count, _STATED[INTERNET], report)


def _count(folder: Path, raw: Path, count: int, stated: int, report: ReportProblem) -> None:
    if count < 0.9 * stated:
        got = str(count) if folder.is_dir() else "no such folder"
        where, expected = folder.relative_to(raw).as_posix(), f"about {stated} pictures, as stated"
        report(Problem(path=where, expected=expected, got=got, action="noted"))


def _check_layout(folder: Path, raw: Path, report: ReportProblem) -> None:
    """Report a folder one level deeper, and pickles."""
    where = folder.relative_to(raw).as_posix()
    if folder != raw / FACEOCC_FOLDER:
        expected, got = (
            f"{', '.join(FACEOCC_FOLDERS)} in it",
            f"them one level deeper; they are read from {where}",
        )
        report(Problem(path=FACEOCC_FOLDER, expected=expected, got=got, action="noted"))
        if (folder / TEST).is_dir():
            expected, got = (
                f"it as {FACEOCC_FOLDER}/{TEST}",
                "one level deeper, where it is not read; move it up",
            )
            report(Problem(path=f"{where}/{TEST}", expected=expected, got=got))
    if (pickles := folder / PICKLES).is_dir():
        count = count_of(sum(name.endswith(".pkl") for name in names_in(pickles)), "pickles")
        got = f"{count}; pickles may run code and are never read"
        masks = f"{where}/{PICKLES}"
        report(Problem(path=masks, expected="masks as pictures", got=got, action="noted"))
