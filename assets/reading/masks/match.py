"""Masks and their photographs, matched by name: what is certain is matched, everything else is named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from assets.reading.naming import normal, same_name
from natocc.files.names import PICTURES

# Endings of masks. Photographs end in PICTURES.
MASK_ENDINGS = (*PICTURES, ".bmp", ".webp")
_WORDS = "masks?|seg|segm|segmentation|labels?|matte|alpha|gt|groundtruth"
_SUFFIX, _PREFIX = re.compile(rf"[ _.([-]+({_WORDS})[)\]]?$", re.I), re.compile(rf"^({_WORDS})[ _.-]+", re.I)
_DIGITS, _SEPARATORS = re.compile(r"\d+"), re.compile(r"[ _.-]+")


@dataclass(frozen=True, kw_only=True)
class MaskMatches:
    """``candidates`` are the masks of each photograph, by its stem in normal form, the likeliest first.

    ``unknown`` masks fit no photograph; ``ambiguous`` ones fit several equally well.
    """

    candidates: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    unknown: tuple[Path, ...] = ()
    ambiguous: tuple[Path, ...] = ()


def match_masks(photographs: Iterable[str], masks: Iterable[Path]) -> MaskMatches:
    """Match masks to photographs, which are given by their stems.

    A name fits as it is, or with other zeros (7, 007), with the photograph's ending (7.jpg.png), in other
    case, with other separators, or with a word for a mask (7_mask, 7-seg, mask_7). The closest of these
    that any photograph has counts.
    """
    names = PhotographNames(photographs)
    ranked: dict[str, list[tuple[int, bool, Path]]] = defaultdict(list)
    unknown, ambiguous = [], []
    for mask in masks:
        rank, found = names.closest(normal(mask.stem))
        if not found:
            unknown.append(mask)
        elif len(found) > 1:
            ambiguous.append(mask)
        else:
            ranked[found[0]].append((rank, mask.suffix.lower() != ".png", mask))
    candidates = {
        stem: tuple(mask for _, _, mask in sorted(of_stem, key=lambda one: one[:2]))
        for stem, of_stem in ranked.items()
    }
    return MaskMatches(candidates=candidates, unknown=tuple(unknown), ambiguous=tuple(ambiguous))


class PhotographNames:
    """Photographs by each form of their names. The forms get looser; most masks need the first alone."""

    def __init__(self, stems: Iterable[str]) -> None:
        self._stems = [normal(stem) for stem in stems]
        # 7.jpg and 007.jpg have one id; the second is refused elsewhere. Each has the mask of just its name,
        # the first those of other names.
        first = {same_name(stem): stem for stem in reversed(self._stems)}
        self._firsts = list(first.values())[::-1]
        self._indexes: dict[int, dict[str, list[str]]] = {}

    def closest(self, mask: str) -> tuple[int, list[str]]:
        """The first form in which a mask's stem in normal form fits, and the photographs that it fits."""
        for rank, (of_photograph, of_mask) in enumerate(_FORMS):
            if found := self._index(rank, of_photograph).get(of_mask(mask), []):
                return rank, found
        return len(_FORMS), []

    def _index(self, rank: int, form: Callable[[str], str]) -> dict[str, list[str]]:
        if rank not in self._indexes:
            index = defaultdict[str, list[str]](list)
            for stem in self._firsts if rank else self._stems:
                index[form(stem)].append(stem)
            self._indexes[rank] = dict(index)
        return self._indexes[rank]


def _plain(name: str) -> str:
    """The name with numbers by value.

    >>> _plain("Hand_0000002")
    'Hand_2'
    """
    return _DIGITS.sub(lambda found: found[0].lstrip("0") or "0", name)


def _without_ending(name: str) -> str:
    """The name without a picture's ending in it: 7.jpg of 7.jpg.png."""
    ending = next((end for end in MASK_ENDINGS if name.lower().endswith(end)), "")
    return _plain(name[: len(name) - len(ending)])


def _folded(name: str) -> str:
    return _SEPARATORS.sub("_", _without_ending(name).casefold())


def without_mask_word(name: str) -> str:
    """The name without a word for a mask at its end, else at its start.

    >>> without_mask_word("7_Mask"), without_mask_word("mask-7"), without_mask_word("masked")
    ('7', '7', 'masked')
    """
    bare = _SUFFIX.sub("", name)
    return bare if bare != name else _PREFIX.sub("", name)


def _bare(name: str) -> str:
    return _folded(without_mask_word(name))


# Forms of the names of photograph and mask, compared in this order.
_FORMS: tuple[tuple[Callable[[str], str], Callable[[str], str]], ...] = (
    (normal, normal),
    (same_name, same_name),
    (_plain, _plain),
    (_plain, _without_ending),
    (_folded, _folded),
    (_folded, _bare),
)
