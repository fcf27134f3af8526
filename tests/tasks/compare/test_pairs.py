from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from PIL import Image as PillowImage

from assets.bank.reader import Bank
from natocc.kinds import ENTRY_KINDS
from natocc.render.compose import render
from natocc.render.released_code import render_released
from shards.lock import InUse, lock
from tasks.compare.pairs import KEY, PAGE, CompareOptions, compare, difference
from tasks.contact_sheet import fit_cell
from tasks.render.inputs import load_face, load_occluder
from tasks.render.replay import parse_params

Write = Callable[..., str]
# Without colour transfer: the published one takes seconds a hand.
SETS = [{"name": kind, "kind": kind} for kind in ("randocc", "object", "hand")]


@pytest.fixture()
def options(bank_url: str, recipe_file: Write, tmp_path: Path) -> CompareOptions:
    looks = ("code", "best")
    out = str(tmp_path / "out")
    return CompareOptions(bank=bank_url, out=out, looks=looks, count=3, recipe=recipe_file(sets=SETS))


@pytest.fixture(scope="module")
def made(bank_url: str, tmp_path_factory: pytest.TempPathFactory) -> CompareOptions:
    """A comparison of twelve pairs, made once."""
    folder = tmp_path_factory.mktemp("compared")
    recipe = {"name": "small", "description": "A few.", "size": 256, "repeats": 8, "sets": SETS}
    (folder / "small.yaml").write_text(yaml.safe_dump(recipe))
    looks = ("code", "best")
    chosen = CompareOptions(
        bank=bank_url, out=str(folder / "out"), looks=looks, count=12, recipe=str(folder / "small.yaml")
    )
    calls: list[tuple[int, int | None]] = []
    compare(chosen, on_progress=lambda *call: calls.append(call))
    assert [*dict.fromkeys(calls)] == [(done, 12) for done in range(13)]
    return chosen


def read_key(options: CompareOptions) -> dict[str, Any]:
    key = json.loads((Path(options.out) / KEY).read_text())
    assert isinstance(key, dict)
    return key


def digests(folder: str) -> dict[str, str]:
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def halves(options: CompareOptions, name: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    picture = cv2.imread(str(Path(options.out) / "pairs" / f"{name}.png"))
    assert picture is not None and picture.shape[1] >= 2 * 768
    side = picture.shape[0]
    return picture[:, :side], picture[:, -side:]


def test_pairs_stand_side_by_side_and_the_key_alone_knows_the_sides(made: CompareOptions) -> None:
    names = {path.name for path in Path(made.out).iterdir()}
    assert names == {"pairs", "sheet-1.png", "sheet-2.png", PAGE, KEY}
    pairs = read_key(made)["pairs"]
    listed = sorted(path.stem for path in (Path(made.out) / "pairs").iterdir())
    assert listed == sorted(pairs) == [f"{number:03d}" for number in range(1, 13)]
    sides = [pairs[name]["left"] for name in listed]
    assert sides.count("code") == sides.count("best") == 6 and sides != sorted(sides)
    kinds = [pairs[name]["kind"] for name in listed]
    assert sorted(kinds) == ["hand"] * 4 + ["object"] * 4 + ["randocc"] * 4 and kinds != sorted(kinds)
    for name in listed:
        left, right = halves(made, name)
        assert left.shape == right.shape and (left != right).any()


def test_nothing_but_the_key_tells_which_is_which(made: CompareOptions) -> None:
    page = (Path(made.out) / PAGE).read_text()
    for word in ("code", "best", "released", "http"):
        assert word not in page
    for path in [*Path(made.out).glob("*.png"), *Path(made.out).glob("pairs/*.png")]:
        with PillowImage.open(path) as picture:
            assert picture.info == {}


def test_both_renditions_hide_the_same_part_of_the_face(made: CompareOptions) -> None:
    for pair in read_key(made)["pairs"].values():
        assert abs(pair["hidden_ratio"]["code"] - pair["hidden_ratio"]["best"]) < 0.05
        for field in ("placement", "shape", "opacity", "final_blur", "final_tone", "final_flip"):
            assert pair["params"]["code"][field] == pair["params"]["best"][field]


def test_the_pictures_are_on_the_sides_that_the_key_names(made: CompareOptions) -> None:
    bank = Bank(made.bank)
    entries = {(entry.kind, entry.id): entry for kind in ENTRY_KINDS for entry in bank.entries(kind)}
    for name, pair in read_key(made)["pairs"].items():
        if pair["kind"] != "hand":
            continue
        face = load_face(bank, entries["face", pair["face"]], 256, parsing=False)
        occluder = load_occluder(bank, entries["hand", pair["occluder"]])
        sides = dict(zip((pair["left"], pair["right"]), halves(made, name), strict=True))
        params = {look: parse_params(pair["params"][look]) for look in made.looks}
        expected = {
            "code": render_released(face, occluder, params["code"]).image,
            "best": render(face, occluder, params["best"]).image,
        }
        for rendition, picture in expected.items():
            assert np.array_equal(sides[rendition][..., ::-1], fit_cell(picture, 768))


def test_pairs_are_of_different_samples(made: CompareOptions) -> None:
    pairs = read_key(made)["pairs"].values()
    assert len({(pair["kind"], pair["face"], pair["repeat"]) for pair in pairs}) == 12


def test_the_sides_are_what_the_key_says(options: CompareOptions, tmp_path: Path) -> None:
    swapped = replace(options, looks=("best", "code"), out=str(tmp_path / "swapped"))
    for each in (options, swapped):
        compare(each)
    one, other = read_key(options), read_key(swapped)
    for name, pair in one["pairs"].items():
        assert pair["left"] != other["pairs"][name]["left"]
        left, right = halves(options, name)
        right_again, left_again = halves(swapped, name)
        assert np.array_equal(left, left_again) and np.array_equal(right, right_again)


def test_twice_the_same_bytes_and_another_seed_other_pairs(options: CompareOptions, tmp_path: Path) -> None:
    again = replace(options, out=str(tmp_path / "again"))
    other = replace(options, out=str(tmp_path / "other"), seed=3)
    for each in (options, again, other):
        compare(each)
    assert digests(options.out) == digests(again.out)
    assert digests(options.out)["pairs/001.png"] != digests(other.out)["pairs/001.png"]


def test_plain_strips_show_before_after_and_what_changed(options: CompareOptions) -> None:
    plain = replace(options, plain=True, looks=("best-harmonise", "best"), kinds=["object"], count=4)
    files = compare(plain)
    assert [Path(file).name for file in files] == ["plain-1.png", "plain-2.png"]
    assert not (Path(plain.out) / "pairs").exists() and not (Path(plain.out) / PAGE).exists()
    assert {pair["left"] for pair in read_key(plain)["pairs"].values()} == {"best-harmonise"}
    sheet = cv2.imread(files[0])
    assert sheet is not None and sheet.shape[1] > 3 * 768


def test_no_change_is_grey_and_a_darkening_is_darker() -> None:
    before = np.full((2, 2, 3), 100, np.uint8)
    assert (difference(before, before) == 128).all()
    assert (difference(before, before - 10) == 88).all()
    assert (difference(before, before + 100) == 255).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"looks": ("code", "bset")}, "rendition 'bset': expected code .*got 'bset'"),
        (
            {"looks": ("code", "released")},
            "--compare: expected two different renditions, got code and released",
        ),
        ({"kinds": ["hand", "hat"]}, "--kinds: expected some of randocc, object, hand, got hat"),
        ({"kinds": []}, "--kinds: expected some of .*got none"),
        ({"count": 2}, "--limit: expected at least 1 pair of each of 3 kinds, got 2"),
        ({"count": 60}, r"--limit: expected at most \d+ pairs of kind randocc .*got 20 of 60; lower --limit"),
    ],
)
def test_options_that_do_not_fit_are_one_clear_message(
    options: CompareOptions, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        compare(replace(options, **change))
    assert not Path(options.out).exists()


def test_a_folder_with_something_in_it_is_left_alone(options: CompareOptions) -> None:
    (Path(options.out)).mkdir()
    (Path(options.out) / "answers.json").write_text("{}")
    with pytest.raises(
        FileExistsError, match=r"expected a new or an empty folder, got one with answers.json"
    ):
        compare(options)
    assert [path.name for path in Path(options.out).iterdir()] == ["answers.json"]


def test_one_comparison_at_a_time(options: CompareOptions) -> None:
    with (
        lock(options.out),
        pytest.raises(InUse, match=f"{options.out}: expected no other run that writes here"),
    ):
        compare(options)


def test_not_a_bank(options: CompareOptions, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a bank"):
        compare(replace(options, bank=str(tmp_path)))
