"""Training data from a folder of photographs and a folder of masks."""

from __future__ import annotations

import os
from pathlib import Path

from assets.pictures.mask import read_mask
from assets.pictures.photograph import read_image
from assets.pictures.polarity import OBJECT_MASK, check_polarity
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.folders import by_stem, pictures_in
from assets.reading.masks.choose import choose_masks
from assets.reading.tally import Tally
from assets.reading.unmatched import tally_of
from natocc.geometry import Image
from shards.storage import sha256_bytes
from tasks.training.harmoniser.data.checks import check_files, require_items, share_of, usable_regions
from tasks.training.harmoniser.data.scenes import Scene, SceneItem

_FOREGROUND = "mask"


class FolderScenes:
    """Photographs, and masks of their names (``choose_masks``); white pixels are recoloured.

    Photographs without a mask or with several, masks that are empty, cover everything or have another size,
    and unreadable files are left out and reported. Licences are not known.
    """

    name = "recoloured regions of a folder's photographs"

    def __init__(self, photos: str, masks: str) -> None:
        """Read every file once. Raises FileNotFoundError for a missing folder, ValueError without scenes."""
        self._problems: list[Problem] = []
        report: ReportProblem = self._problems.append
        folders = [Path(photos), Path(masks)]
        for folder in folders:
            if not folder.is_dir():
                raise FileNotFoundError(f"{folder}: expected a folder of pictures, found none")
        images = by_stem(pictures_in(folders[0], folders[0], report), folders[0], report)
        common = Path(os.path.commonpath([folder.absolute() for folder in folders]))
        paths = {stem: path.absolute() for stem, path in images.items()}
        chosen = choose_masks(paths, folders[1].absolute(), common, report)
        self._files = {stem: (images[stem], mask) for stem, mask in chosen.taken.items()}
        lacking = tally_of(
            path.name for stem, path in images.items() if stem not in {*chosen.taken, *chosen.refused}
        )
        if lacking:
            expected, got = "a mask of the same name", f"none for {lacking}"
            report(Problem(path=str(folders[0]), expected=expected, got=got))
        self._doubtful = Tally()
        self.items = tuple(item for stem in self._files if (item := self._item(stem, report)))
        if self._doubtful:
            got = f"white in the corners and not in the middle, in {self._doubtful}; are they inverted?"
            expected = "white on the foreground and black around it"
            report(Problem(path=masks, expected=expected, got=got, action="noted"))
        require_items(photos, "photographs with masks", self.items, self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The files that were left out or converted."""
        return tuple(self._problems)

    def read(self, item: SceneItem, region: str) -> Scene:
        """Return the photograph and its mask. Raises ValueError if a file has changed since."""
        path, mask = self._files[item.name]
        try:
            picture, plane = read_image(path), read_mask(mask)[0]
        except BadInput as error:
            raise ValueError(f"{path}: {error}; it could be read before") from error
        return Scene(real=picture.rgb, matte=plane)

    def _item(self, stem: str, report: ReportProblem) -> SceneItem | None:
        path, mask = self._files[stem]
        try:
            where = path
            picture = read_image(path)
            where = mask
            plane, notes = read_mask(mask)
            check_files({"mask": mask, "photograph": path})
            regions = usable_regions({_FOREGROUND: share_of(plane)})
        except BadInput as error:
            where = Path(error.where or where)
            report(Problem(path=where.name, expected=error.expected, got=error.got))
            return None
        if notes:
            got = ", ".join(notes)
            report(Problem(path=mask.name, expected="a mask of 0 and 255", got=got, action="converted"))
        if _is_doubtful(plane):
            self._doubtful.add(mask.name)
        return SceneItem(
            name=stem,
            photo=sha256_bytes(picture.data),
            content=sha256_bytes(plane.tobytes()),
            held_out=False,
            regions=regions,
            licence="not stated",
        )


def _is_doubtful(plane: Image) -> bool:
    """Whether the mask may be inverted. Anything may be recoloured, so it is used all the same."""
    try:
        return bool(check_polarity(plane, OBJECT_MASK))
    except BadInput:
        return True
