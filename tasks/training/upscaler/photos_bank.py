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
    problems: list[Problem] = []
    entries: dict[str, tuple[Entry, tuple[str, str]]] = {}
    taken: dict[str, Photo] = {}
    enlarged = Tally(), Tally()
    found = [entry for kind in kinds for entry in bank.entries(kind)]
    # Held-out entries come first, so that their content is never used for training.
    for entry in sorted(found, key=lambda entry: entry.split == "train"):
        name = f"{entry.kind}/{entry.id}"
        names = _CONTEXT if entry.members.keys() >= set(_CONTEXT) else _STORED
        upscaler = bank.metadata(entry).get(_UPSCALER)
        if names is _STORED and upscaler is not None:
            enlarged[upscaler == _GIVEN].add(name)
            continue
        refused = unfit(name, _read(bank, entry, names)[0], least, taken.get(entry.sha256))
        if refused:
            problems.append(refused)
            continue
        entries[name] = entry, names
        taken[entry.sha256] = Photo(name=name, sha256=entry.sha256, held_out=entry.split != "train")
    for tally, expected in zip(enlarged, _EXPECTED, strict=True):
        if tally:
            problems.append(Problem(path=str(url), expected=expected, got=f"none for {tally}"))
    expect_some(
        (photo for photo in taken.values() if not photo.held_out),
        f"{url} ({', '.join(kinds)})",
        least,
        problems,
    )
    tested = sorted(sha256 for sha256, photo in taken.items() if photo.held_out)
    unused = set(tested[held_out:])
    order = {f"{entry.kind}/{entry.id}": place for place, entry in enumerate(found)}
    return Photos(
        taken=tuple(
            photo
            for photo in sorted(taken.values(), key=lambda photo: order[photo.name])
            if photo.sha256 not in unused
        ),
        read=lambda photo: _read(bank, *entries[photo.name]),
        problems=tuple(problems),
        notes=fewer(held_out, min(held_out, len(tested))),
        licences=tuple(sorted({entry.licence for entry, _ in entries.values() if entry.split == "train"})),
    )


def _read(bank: Bank, entry: Entry, names: tuple[str, str]) -> tuple[Image, Image | None]:
    """Return the pixels of the first member, and the matte of the second, if present."""
    members = bank.read(entry, names)
    try:
        rgb = decode_rgb(members[names[0]])
        matte = decode_plane(members[names[1]]) if names[1] in members else None
    except ValueError as error:
        raise ValueError(f"{entry.kind}/{entry.id}: {error}; prepare the bank again") from error
    if matte is not None and matte.shape != rgb.shape[:2]:
        height, width = matte.shape
        raise ValueError(
            f"{entry.kind}/{entry.id}: expected {' and '.join(names)} of one size, got "
            f"{rgb.shape[1]}x{rgb.shape[0]} and {width}x{height}; prepare the bank again"
        )
    return rgb, matte
