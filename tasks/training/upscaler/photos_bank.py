"""A bank's faces and occluders as training photographs of an upscaler."""

from __future__ import annotations

from collections.abc import Sequence

from assets.bank.reader import Bank, Entry
from assets.problems import Problem
from assets.reading.tally import Tally
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from tasks.training.upscaler.photos_folder import Photo, Photos, expect_some, fewer, unfit

_STORED = ("jpg", "alpha.png")
_CONTEXT = ("context.jpg", "context.png")
# Metadata key of enlarged entries, and its value for entries that were already enlarged in the input.
_UPSCALER, _GIVEN = "upscaler", "given"
_EXPECTED = (
    "objects with the photograph's own pixels (context.jpg); prepare the bank again",
    "objects with the photograph's own pixels, not cut-outs that came enlarged",
)


def photos_in_bank(url: str, kinds: Sequence[str], *, least: int, held_out: int) -> Photos:
    """Return a bank's entries of some kinds, by id.

    At most ``held_out`` entries are held out; they belong to other splits than train.
    For an enlarged object ``context.jpg`` is used, which has the photograph's pixels, since a network may
    have made the larger picture. An enlarged object without it is rejected. If an entry has a matte, only
    pixels inside it count. Of entries with equal content one is used: a held-out entry if there is any,
    then the first by id. Raises FileNotFoundError, ValueError as ``photos_in_folder``.
    """
    bank = Bank(url)
    found = [entry for kind in kinds for entry in bank.entries(kind)]
    chosen = _Chosen(bank, least)
    # Held-out entries come first, so that their content is never used for training.
    for entry in sorted(found, key=lambda entry: entry.split == "train"):
        chosen.add(entry)
    problems = chosen.all_problems()
    training = (photo for photo in chosen.taken.values() if not photo.held_out)
    expect_some(training, f"{url} ({', '.join(kinds)})", least, problems)
    tested = sorted(sha256 for sha256, photo in chosen.taken.items() if photo.held_out)
    unused = set(tested[held_out:])
    order = {_name(entry): place for place, entry in enumerate(found)}
    in_order = sorted(chosen.taken.values(), key=lambda photo: order[photo.name])
    used = [entry for entry, _ in chosen.entries.values() if entry.split == "train"]
    return Photos(
        taken=tuple(photo for photo in in_order if photo.sha256 not in unused),
        read=lambda photo: _read(bank, *chosen.entries[photo.name]),
        problems=tuple(problems),
        notes=fewer(held_out, min(held_out, len(tested))),
        licences=tuple(sorted({entry.licence for entry in used})),
    )


class _Chosen:
    """Entries that are used, by content, and the problems of the others."""

    def __init__(self, bank: Bank, least: int) -> None:
        self._bank, self._least = bank, least
        self.taken: dict[str, Photo] = {}
        self.entries: dict[str, tuple[Entry, tuple[str, str]]] = {}
        self._problems: list[Problem] = []
        self._enlarged = Tally(), Tally()

    def add(self, entry: Entry) -> None:
        name = _name(entry)
        names = _CONTEXT if entry.members.keys() >= set(_CONTEXT) else _STORED
        upscaler = self._bank.metadata(entry).get(_UPSCALER)
        if names is _STORED and upscaler is not None:
            self._enlarged[upscaler == _GIVEN].add(name)
            return
        rgb, _ = _read(self._bank, entry, names)
        refused = unfit(name, rgb, self._least, self.taken.get(entry.sha256))
        if refused:
            self._problems.append(refused)
            return
        self.entries[name] = entry, names
        self.taken[entry.sha256] = Photo(name=name, sha256=entry.sha256, held_out=entry.split != "train")

    def all_problems(self) -> list[Problem]:
        return self._problems + [
            Problem(path=str(self._bank.url), expected=expected, got=f"none for {tally}")
            for tally, expected in zip(self._enlarged, _EXPECTED, strict=True)
            if tally
        ]


def _name(entry: Entry) -> str:
    return f"{entry.kind}/{entry.id}"


def _read(bank: Bank, entry: Entry, names: tuple[str, str]) -> tuple[Image, Image | None]:
    """Return the pixels of the first member, and the matte of the second, if present."""
    members = bank.read(entry, names)
    try:
        rgb = decode_rgb(members[names[0]])
        matte = decode_plane(members[names[1]]) if names[1] in members else None
    except ValueError as error:
        raise ValueError(f"{_name(entry)}: {error}; prepare the bank again") from error
    if matte is not None and matte.shape != rgb.shape[:2]:
        height, width = matte.shape
        raise ValueError(
            f"{_name(entry)}: expected {' and '.join(names)} of one size, got "
            f"{rgb.shape[1]}x{rgb.shape[0]} and {width}x{height}; prepare the bank again"
        )
    return rgb, matte
