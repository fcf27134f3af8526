"""iHarmony4's lists, and the composites that their lines name or may mean."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from assets.problems import BadInput, Problem, unreadable
from assets.reading.folders import names_in
from assets.reading.naming import normal
from assets.reading.unmatched import tally_of
from assets.text.lines import is_picture_name, path_parts, unquote, without_suffix
from assets.text.name_list import NameList, read_names
from assets.text.names_within import has_odd_signs, names_within
from natocc.files.read import is_there
from natocc.files.text import read_text

SUBSETS = ("HAdobe5k", "HCOCO", "HFlickr", "Hday2night")
IHARMONY4_KINDS = COMPOSITES, MASKS, REALS = "composite_images", "masks", "real_images"
_SUBSET_OF = {name.casefold(): name for name in SUBSETS}
_LIKE = f"lines like HCOCO/{COMPOSITES}/c100001_391895_1.jpg"


def parts_of(composite: str) -> tuple[str, str]:
    """Names of a composite's mask and real picture. Raises ValueError for a name with too few fields.

    >>> parts_of("c100001_391895_1.jpg")
    ('c100001_391895.png', 'c100001.jpg')
    """
    real, *fields = PurePosixPath(composite).stem.rsplit("_", 2)
    if len(fields) != 2 or not all((real, *fields)):
        raise ValueError(f"{composite}: expected <photograph>_<foreground>_<version>.jpg")
    return f"{real}_{fields[0]}.png", f"{real}.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """One list file. ``subset`` is the sub-dataset of all its lines; None if each line names one."""

    path: Path
    split: str
    subset: str | None


def find_list_files(folder: Path, split: str) -> list[ListFile]:
    """The list at the root, or the lists of the sub-datasets."""
    whole = folder / f"IHD_{split}.txt"
    if is_there(whole):
        return [ListFile(path=whole, split=split, subset=None)]
    paths = ((folder / subset / f"{subset}_{split}.txt", subset) for subset in SUBSETS)
    return [ListFile(path=path, split=split, subset=subset) for path, subset in paths if is_there(path)]


class Composites:
    """The composites of a folder by name. A key is the sub-dataset and the file: ``HCOCO/c1_1_1.jpg``."""

    def __init__(self, folder: Path) -> None:
        self._by_stem = defaultdict[str, list[str]](list)
        self._by_real = defaultdict[str, list[str]](list)
        for subset in SUBSETS:
            place = folder / subset / COMPOSITES
            for name in sorted(map(normal, names_in(place))) if place.is_dir() else ():
                if is_picture_name(name) and _has_parts(name):
                    mask, real = (without_suffix(part).casefold() for part in parts_of(name))
                    self._by_stem[without_suffix(name).casefold()].append(f"{subset}/{name}")
                    for stem in {mask, real}:
                        self._by_real[stem].append(f"{subset}/{name}")

    def __contains__(self, key: str) -> bool:
        return key in self._by_stem.get(without_suffix(key.partition("/")[2]).casefold(), ())

    def key_of(self, name: str, subset: str | None) -> str | None:
        """The composite that a name in a list means, also one that is not there; None if it is no such name.

        Its sub-dataset may be in other case, its file in other case and with another picture's suffix; its
        sub-dataset may be left out where one alone has the file.
        """
        *folders, file = path_parts(unquote(name)) or ("",)
        if folders and folders[-1].casefold() == COMPOSITES:
            folders.pop()
        stated = _SUBSET_OF.get(folders[-1].casefold()) if folders else subset
        if (folders and stated is None) or (subset is not None and stated != subset):
            return None
        alike = self._by_stem.get(without_suffix(file).casefold(), ())
        there = [key for key in alike if stated is None or key.startswith(f"{stated}/")]
        exact = [key for key in there if key.endswith(f"/{file}")] or there
        if len(exact) == 1:
            return exact[0]
        file = file if PurePosixPath(file).suffix else f"{file}.jpg"
        fits = is_picture_name(file) and not has_odd_signs(file) and _has_parts(file)
        return f"{stated}/{file}" if stated is not None and fits else None

    def alike(self, text: str) -> tuple[str, ...]:
        """The composites there that a name in a text may mean, also of a mask or real picture of theirs."""
        stems = [without_suffix(path_parts(name)[-1]) for name in names_within(text) if path_parts(name)]
        folded = [stem.casefold() for stem in stems]
        keys = [
            key for stem in folded for names in (self._by_stem, self._by_real) for key in names.get(stem, ())
        ]
        return tuple(dict.fromkeys(keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContent:
    """The content of one list. ``error``: the fault that keeps it from being read; ``names`` are then none.

    ``doubtful``: composites that lines may mean which can't be read or name no composite that is there.
    """

    source: ListFile
    names: NameList[str] = field(default_factory=NameList)
    doubtful: frozenset[str] = frozenset()
    error: BadInput | None = None

    def problems(self, where: str) -> list[Problem]:
        """What the list holds beside composites, one line a kind."""
        if self.error is not None:
            return [self.error.problem(where)]
        found = []
        if self.names.says_nothing:
            got = "an empty list; a line with # says that it has none"
            found.append(Problem(path=where, expected=_LIKE, got=got))
        if self.names.unmatched:
            found.append(Problem(path=where, expected=_LIKE, got=f"others {tally_of(self.names.unmatched)}"))
        if self.names.unclear:
            found.append(
                Problem(path=where, expected="one composite a line", got=f"others: {self.names.unclear}")
            )
        return found


def read_list_file(source: ListFile, composites: Composites) -> ListContent:
    """The content of a list; a list that is no text has an ``error``."""
    try:
        text = read_text(source.path)
    except OSError as error:
        return ListContent(source=source, error=unreadable(error, "text in UTF-8"))
    names = read_names(text, lambda name: composites.key_of(name, source.subset))
    absent = [*names.unmatched, *(key for key in names.found if key not in composites)]
    doubtful = {*names.doubtful, *(key for name in absent for key in composites.alike(name))}
    return ListContent(source=source, names=names, doubtful=frozenset(doubtful))


def _has_parts(name: str) -> bool:
    try:
        parts_of(name)
    except ValueError:
        return False
    return True
