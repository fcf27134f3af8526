"""A bank's faces and occluders as photographs that an upscaler is trained on."""

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
# What the facts of an entry say of pixels that are no photograph's any more, and of those that came so.
_UPSCALER, _GIVEN = "upscaler", "given"
_EXPECTED = (
    "objects with the photograph's own pixels (context.jpg); prepare the bank again",
    "objects with the photograph's own pixels, not cut-outs that came enlarged",
)


def photos_in_bank(url: str, kinds: Sequence[str], *, least: int, held_out: int) -> Photos:
    """A bank's entries of some kinds, by id; held out are at most so many of other splits than train.

    An object that was enlarged is taken from ``context.jpg``, the photograph's pixels, since the larger
    one may be a network's work; one without is refused. Of what has a matte only what lies inside
    counts. Of entries of equal content one is taken, a held-out one before others, the first by id
    among these. Raises FileNotFoundError, ValueError as ``photos_in_folder``.
    """
    bank = Bank(url)
    problems: list[Problem] = []
    entries: dict[str, tuple[Entry, tuple[str, str]]] = {}
    taken: dict[str, Photo] = {}
    enlarged = Tally(), Tally()
    found = [entry for kind in kinds for entry in bank.entries(kind)]
    # Held-out ones first: nothing of their content may be learnt from.
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
    """The pixels of the first member, and the matte of the second where there is one."""
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
