"""What of a bank an upscaler learns from: a photograph's own pixels, and none that are tested on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.bank.reader import Entry
from assets.bank.writer import BankWriter
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions
from tasks.training.upscaler.photos import open_photos
from tasks.training.upscaler.photos_bank import photos_in_bank
from tests.entries import blank_entry
from tests.raw_trees import add_objects, annotation, disc, portrait, whole_tree


def _entry(name: str, split: str = "train", kind: str = "object") -> Entry:
    return blank_entry(kind, name, dataset="test", category="cup", split=split, licence="none", source="")


def _object(
    picture: Image, facts: Mapping[str, object], context: Image | None = None, outline: Image | None = None
) -> dict[str, bytes]:
    """Members of an object, enlarged or not; ``context`` is what it was cut from, ``outline`` its matte."""
    members = {"jpg": encode_jpeg(picture), "alpha.png": encode_png(disc(*picture.shape[:2]))}
    if context is not None:
        plane = disc(*context.shape[:2]) if outline is None else outline
        members |= {"context.jpg": encode_jpeg(context), "context.png": encode_png(plane)}
    return members | {"json": json.dumps(facts).encode()}


def _bank(folder: Path, *entries: tuple[Entry, dict[str, bytes]]) -> str:
    writer = BankWriter(str(folder))
    writer.add(_entry("face", kind="face"), {"jpg": encode_jpeg(portrait(64, 64))})
    for entry, members in entries:
        writer.add(entry, members)
    writer.close()
    return str(folder)


def test_a_banks_entries_are_photographs_too(bank_url: str) -> None:
    photos = photos_in_bank(bank_url, ("face", "object"), least=64, held_out=4)
    assert [photo.name.partition("/")[0] for photo in photos.taken] == ["face", "object"]
    assert photos.notes == ("held out: expected 4 photographs, got 0",)
    assert photos.licences
    for photo in photos.taken:
        rgb, matte = photos.read(photo)
        assert rgb.ndim == 3 and (matte is None) == photo.name.startswith("face/")
        assert matte is None or matte.shape == rgb.shape[:2]


@pytest.mark.xdist_group("prepare")
def test_an_object_is_what_its_photograph_shows_and_not_what_it_was_enlarged_to(tmp_path: Path) -> None:
    whole_tree(tmp_path / "raw")
    add_objects(tmp_path / "raw", [annotation(7)])
    prepare(tmp_path / "raw", str(tmp_path / "bank"), PrepareOptions(objects="all"), workers=1)
    photos = photos_in_bank(str(tmp_path / "bank"), ("object",), least=32, held_out=0)
    rgb, matte = photos.read(photos.taken[0])
    assert matte is not None and matte.shape == rgb.shape[:2]
    photograph = next((tmp_path / "raw" / "COCO").rglob("*.jpg"))
    whole = cv2.cvtColor(cv2.imread(str(photograph)), cv2.COLOR_BGR2RGB)
    # Somewhere in the photograph lies just this, but for what JPEG does.
    found = cv2.matchTemplate(whole, rgb, cv2.TM_SQDIFF)
    assert found.min() / rgb.size < 8


def test_a_large_object_of_a_network_counts_as_large_as_its_photograph_is(tmp_path: Path) -> None:
    made = np.full((256, 256, 3), 200, np.uint8)
    context = portrait(64, 64)
    members = _object(made, {"upscaler": "realesrgan"}, context)
    bank = _bank(tmp_path, (_entry("cup"), members))
    rgb, _ = photos_in_bank(bank, ("object",), least=64, held_out=0).read(
        photos_in_bank(bank, ("object",), least=64, held_out=0).taken[0]
    )
    assert np.abs(rgb.astype(int) - context).mean() < 4
    photos = photos_in_bank(bank, ("face", "object"), least=64, held_out=0)
    assert len(photos.taken) == 2
    small = _bank(tmp_path / "small", (_entry("cup"), _object(made, {"upscaler": "glean"}, portrait(40, 64))))
    photos = photos_in_bank(small, ("face", "object"), least=64, held_out=0)
    assert [str(problem) for problem in photos.problems] == [
        "object/cup: expected 64 pixels a side at least, got 64x40"
    ]


def test_enlarged_objects_without_their_photograph_are_refused_and_counted(tmp_path: Path) -> None:
    made = portrait(128, 128)
    bank = _bank(
        tmp_path,
        *((_entry(f"cup{number}"), _object(made, {"upscaler": "lanczos"})) for number in range(5)),
        (_entry("given"), _object(made, {"upscaler": "given", "enlarged": 4})),
        (_entry("own"), _object(portrait(80, 80), {"matte": "given"})),
    )
    photos = photos_in_bank(bank, ("face", "object"), least=64, held_out=0)
    assert [photo.name for photo in photos.taken] == ["face/face", "object/own"]
    rgb, matte = photos.read(photos.taken[1])
    assert rgb.shape[:2] == (80, 80) and matte is not None
    assert [
        str(problem).removeprefix(f"{bank}: expected objects with the ") for problem in photos.problems
    ] == [
        "photograph's own pixels (context.jpg); prepare the bank again, "
        "got none for 5 (object/cup0, object/cup1, object/cup2, …)",
        "photograph's own pixels, not cut-outs that came enlarged, got none for 1 (object/given)",
    ]
    with pytest.raises(
        ValueError, match=r"found none; 2 refused, the first: .*prepare the bank again, got none"
    ):
        photos_in_bank(_bank(tmp_path / "b", *_only(made)), ("object",), least=64, held_out=0)


def _only(made: Image) -> tuple[tuple[Entry, dict[str, bytes]], ...]:
    return (
        (_entry("a"), _object(made, {"upscaler": "lanczos"})),
        (_entry("b"), _object(made, {"upscaler": "given"})),
    )


def test_of_equal_entries_the_one_that_is_tested_on_stays(tmp_path: Path) -> None:
    equal = _object(portrait(80, 80), {})
    bank = _bank(
        tmp_path,
        (_entry("a"), equal),
        (_entry("b", "test"), equal),
        (_entry("c", "test"), equal),
        (_entry("d"), _object(portrait(90, 90), {})),
        (_entry("e"), _object(portrait(90, 90), {})),
    )
    photos = photos_in_bank(bank, ("object",), least=64, held_out=1)
    assert [(photo.name, photo.held_out) for photo in photos.taken] == [
        ("object/b", True),
        ("object/d", False),
    ]
    assert [str(problem) for problem in photos.problems] == [
        "object/c: expected a photograph of its own, got the content of object/b",
        "object/a: expected a photograph of its own, got the content of object/b",
        "object/e: expected a photograph of its own, got the content of object/d",
    ]


def test_context_and_outline_of_two_sizes_are_told(tmp_path: Path) -> None:
    members = _object(portrait(80, 80), {"upscaler": "lanczos"}, portrait(64, 64), disc(32, 64))
    with pytest.raises(
        ValueError,
        match=r"object/cup: expected context\.jpg and context\.png of one size, got 64x64 and 64x32",
    ):
        photos_in_bank(_bank(tmp_path, (_entry("cup"), members)), ("object",), least=32, held_out=0)


def test_sources_are_one_or_the_other(tmp_path: Path, bank_url: str) -> None:
    with pytest.raises(ValueError, match="expected either --photos DIR or --bank URL, got none"):
        open_photos(photos=None, bank=None, least=16, held_out=0)
    with pytest.raises(ValueError, match="--kinds: expected some of face, object, hand, texture, got cat"):
        open_photos(photos=None, bank=bank_url, kinds=("cat",), least=16, held_out=0)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError, match="expected a bank"):
        open_photos(photos=None, bank=str(tmp_path), least=16, held_out=0)
