"""Two renditions of the same samples: blind pairs with a key, or plain before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from assets.bank.reader import Bank
from natocc.codecs import encode_png_rgb
from natocc.geometry import Image
from natocc.kinds import OCCLUDING
from natocc.randomness import Streams
from natocc.render.params import Params
from shards import storage
from shards.check_output import check_folder
from shards.lock import lock
from tasks.compare.cases import Case, check_kinds, choose_cases
from tasks.compare.page import write_page
from tasks.compare.renditions import Rendition, draw_rendition, parse_rendition, render_rendition
from tasks.contact_sheet import Strip, compose_sheet, fit_cell
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.render.inputs import OccluderCache, load_face

KEY, PAGE = "key.json", "judge.html"
_QUESTION = "Which of the two looks more like one photograph?"
# In pixels: the least side of a picture in a pair, the strip between the two, a tile of a sheet.
_LEAST_SIDE, _GAP, _TILE = 768, 24, 480
_PAPER = 128
_PAIRS_A_SHEET, _STRIPS_A_SHEET = 10, 3
_GAIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOptions:
    """``looks``: names as ``parse_rendition`` takes them, the one to be preferred last."""

    bank: str
    out: str
    looks: tuple[str, str]
    count: int = 40
    seed: int = 2
    recipe: str = "sample"
    kinds: Sequence[str] = OCCLUDING
    size: int | None = None  # None: the recipe's
    plain: bool = False  # before, after and their difference instead of blind pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """One case in both renditions, in the order of ``Options.looks``."""

    pictures: tuple[Image, Image]
    params: tuple[Params, Params]
    hidden_ratios: tuple[float, float]


_MakePairs = Callable[[Sequence[Case]], Iterator[_Pair]]


def compare(options: CompareOptions, on_progress: OnProgress = ignore_progress) -> list[str]:
    """Write the comparison; returns the files to look at. The same options give the same bytes.

    Blind: ``pairs/001.png`` onwards, contact sheets, ``judge.html``, and ``key.json``, which alone records
    the sides. Plain: contact sheets of before, after and the difference, and a key. ``on_progress`` counts
    pairs.

    Raises ValueError for unknown renditions or kinds and for invalid counts, FileNotFoundError if there is no
    bank, FileExistsError if the folder is not empty, InUse if another run writes there.
    """
    with lock(options.out):
        return _compare_alone(options, on_progress)


def _compare_alone(options: CompareOptions, on_progress: OnProgress) -> list[str]:
    first, second = (parse_rendition(name) for name in options.looks)
    if first == second:
        raise ValueError(f"--compare: expected two different renditions, got {' and '.join(options.looks)}")
    kinds = check_kinds(list(options.kinds))
    bank = Bank(options.bank)
    if found := storage.list_names(options.out, data_alone=True):
        raise FileExistsError(
            f"{options.out}: expected a new or an empty folder, got one with {found[0]} in it; "
            "name another with --out"
        )
    check_folder(options.out)
    progress = ProgressCounter(on_progress, options.count)
    cases = choose_cases(
        bank, options.recipe, kinds, options.count, options.seed, options.size, lambda: progress.add(0)
    )

    def pairs(chosen: Sequence[Case]) -> Iterator[_Pair]:
        for pair in _pairs(bank, chosen, (first, second)):
            yield pair
            progress.add()

    if options.plain:
        return _write_plain(options, bank, cases, pairs)
    return _write_blind(options, bank, cases, pairs)


def _pairs(bank: Bank, cases: Sequence[Case], renditions: tuple[Rendition, Rendition]) -> Iterator[_Pair]:
    cache = OccluderCache()
    for case in cases:
        face = load_face(bank, case.face, case.plan.size, parsing=False)
        occluder = cache.get(bank, case.occluder)
        params = [
            draw_rendition(rendition, case.params, face, occluder, case.plan, case.streams)
            for rendition in renditions
        ]
        rendered = [
            render_rendition(rendition, face, occluder, drawn, case.plan)
            for rendition, drawn in zip(renditions, params, strict=True)
        ]
        yield _Pair(
            pictures=(rendered[0].image, rendered[1].image),
            params=(params[0], params[1]),
            hidden_ratios=(rendered[0].hidden_ratio, rendered[1].hidden_ratio),
        )


def _write_blind(options: CompareOptions, bank: Bank, cases: list[Case], pairs: _MakePairs) -> list[str]:
    shuffle = Streams(options.seed, "compare", "pairs")
    cases = [cases[int(place)] for place in shuffle.stage("order").permutation(len(cases))]
    # Each rendition is on the left in half of the pairs, so a judge's preference for a side cancels out.
    swapped = shuffle.stage("sides").permutation(np.arange(len(cases)) % 2) > 0
    records: dict[str, object] = {}
    strips = []
    for number, (case, pair) in enumerate(zip(cases, pairs(cases), strict=True)):
        name = f"{number + 1:03d}"
        sides = (1, 0) if swapped[number] else (0, 1)
        left, right = (pair.pictures[side] for side in sides)
        picture = encode_png_rgb(_side_by_side(left, right))
        storage.write_bytes(storage.join(options.out, "pairs", f"{name}.png"), picture)
        strips.append(Strip(pictures=(fit_cell(left, _TILE), fit_cell(right, _TILE)), caption=name))
        records[name] = _record(options, case, pair, sides)
    files = []
    for start in range(0, len(strips), _PAIRS_A_SHEET):
        suffix = "" if len(strips) <= _PAIRS_A_SHEET else f"-{start // _PAIRS_A_SHEET + 1}"
        sheet = compose_sheet(strips[start : start + _PAIRS_A_SHEET], _QUESTION, side=_TILE, columns=2)
        files.append(storage.join(options.out, f"sheet{suffix}.png"))
        storage.write_bytes(files[-1], encode_png_rgb(sheet))
    key = _encode_key(options, bank, records)
    page = write_page(list(records), _QUESTION, token=storage.sha256_bytes(key)[:12])
    storage.write_bytes(storage.join(options.out, PAGE), page.encode())
    storage.write_bytes(storage.join(options.out, KEY), key)
    return [storage.join(options.out, PAGE), *files]


def _side_by_side(left: Image, right: Image) -> Image:
    side = max(_LEAST_SIDE, *left.shape[:2])
    between = np.full((side, _GAP, 3), _PAPER, np.uint8)
    return np.hstack([fit_cell(left, side), between, fit_cell(right, side)])


def _write_plain(options: CompareOptions, bank: Bank, cases: list[Case], pairs: _MakePairs) -> list[str]:
    before, after = options.looks
    title = f"{before} · {after} · {_GAIN} times their difference about grey"
    records: dict[str, object] = {}
    files = []
    for start in range(0, len(cases), _STRIPS_A_SHEET):
        shown = cases[start : start + _STRIPS_A_SHEET]
        strips = []
        for number, (case, pair) in enumerate(zip(shown, pairs(shown), strict=True), start + 1):
            pictures = (*pair.pictures, difference(*pair.pictures))
            caption = f"{number:03d} · {case.plan.set} · {case.occluder.id} on face {case.face.id}"
            strips.append(Strip(pictures=pictures, caption=caption))
            records[f"{number:03d}"] = _record(options, case, pair, (0, 1))
        side = max(_LEAST_SIDE, *strips[0].pictures[0].shape[:2])
        files.append(storage.join(options.out, f"plain-{start // _STRIPS_A_SHEET + 1}.png"))
        storage.write_bytes(files[-1], encode_png_rgb(compose_sheet(strips, title, side=side, columns=1)))
    storage.write_bytes(storage.join(options.out, KEY), _encode_key(options, bank, records))
    return files


def difference(before: Image, after: Image, gain: int = _GAIN) -> Image:
    """``after - before``, ``gain`` times, about a grey of 128; RGB uint8."""
    change = gain * (after.astype(np.int16) - before.astype(np.int16))
    return np.clip(change + 128, 0, 255).astype(np.uint8)


def _record(options: CompareOptions, case: Case, pair: _Pair, sides: tuple[int, int]) -> dict[str, object]:
    """The record of one pair in the key."""
    left, right = (options.looks[side] for side in sides)
    return {
        "left": left,
        "right": right,
        "kind": case.plan.kind,
        "set": case.plan.set,
        "face": case.face.id,
        "repeat": case.repeat,
        "occluder": case.occluder.id,
        "hidden_ratio": dict(
            zip(options.looks, (round(ratio, 6) for ratio in pair.hidden_ratios), strict=True)
        ),
        "params": dict(zip(options.looks, map(asdict, pair.params), strict=True)),
    }


def _encode_key(options: CompareOptions, bank: Bank, records: dict[str, object]) -> bytes:
    key = {
        "looks": list(options.looks),
        "plain": options.plain,
        "seed": options.seed,
        "recipe": options.recipe,
        "size": options.size,
        "bank": bank.index.get("content_sha256"),
        "pairs": records,
    }
    return json.dumps(key, indent=1, allow_nan=False).encode()
