"""The occluder of each sample, so that one more or less in the pool changes few samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assets.bank.reader import Entry
from natocc.kinds import kind_named
from natocc.rendezvous import hash_numbers, scores
from tasks.render.inputs import sample_name

_NOT_ABLE = np.uint64(0)


class OccluderChoice:
    """The occluders of a set. A sample takes the one with the highest hash of (seed, stream, sample, id).

    For textures the category with the highest hash comes first. Occluders of the face's own photograph are
    never taken. Without them, or without one of a pool of ``n``, about one in ``n`` samples takes another.
    """

    def __init__(self, kind: str, pool: Sequence[Entry], *, seed: int, stream: str) -> None:
        self._seed, self._stream = seed, stream
        grouped: dict[str, list[Entry]] = defaultdict(list)
        for entry in pool:
            grouped[entry.category if kind_named(kind).random_shape else ""].append(entry)
        self._groups = {name: _Group(entries) for name, entries in sorted(grouped.items())}
        self._numbers = {name: hash_numbers([name]) for name in self._groups}

    def choose(self, face: Entry, repeat: int) -> Entry | None:
        """The occluder; None if the pool has none of another photograph."""
        able = {name: group for name, group in self._groups.items() if group.has_one_beside(face.photo)}
        if not able:
            return None
        if len(able) == 1:
            (group,) = able.values()
        else:
            of_category = self._chooser(face, repeat, "category")
            group = able[max(able, key=lambda name: int(scores(self._numbers[name], of_category)[0]))]
        return group.highest(self._chooser(face, repeat, "occluder"), face.photo)

    def _chooser(self, face: Entry, repeat: int, what: str) -> str:
        return f"{self._seed}\x1f{self._stream}\x1f{sample_name(face, repeat)}\x1f{what}"


class _Group:
    """Occluders among which a sample chooses by their hashes alone."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._numbers = hash_numbers([entry.id for entry in entries])
        places: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(entries):
            places[entry.photo].append(place)
        self._of_photo: Mapping[str, NDArray[np.intp]] = {
            photo: np.asarray(found, np.intp) for photo, found in places.items()
        }

    def has_one_beside(self, photo: str) -> bool:
        return len(self._of_photo.get(photo, ())) < len(self._entries)

    def highest(self, chooser: str, photo: str) -> Entry:
        found = scores(self._numbers, chooser)
        own = self._of_photo.get(photo)
        if own is not None:
            found[own] = _NOT_ABLE
        return self._entries[int(found.argmax())]
