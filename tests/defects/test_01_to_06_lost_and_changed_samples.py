"""Samples that went missing, were overwritten or depended on the machine, by the numbers of the list."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import Result

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from natocc import NatOcc, OccluderBank
from natocc.codecs import decode_plane, decode_rgb, encode_png
from natocc.occluders.occluder import make_occluder
from natocc.profiles import PROFILES
from natocc.randomness import Streams
from natocc.render.compose import render
from natocc.render.draw import Switches, draw_params
from tasks.build.publish.limits import NotFit
from tests.defects.conftest import SETS, Version, build_by_command, build_here, face_of, run
from tests.natocc.inputs import face, occluder
from tests.raw_trees import FACES, IMAGES, MASKS

pytestmark = pytest.mark.xdist_group("defects")


def test_1_a_broken_photograph_is_named_and_counted_and_costs_no_other(
    raw: Path, prepared: tuple[Path, Result], best: Version
) -> None:
    _, done = prepared
    assert done.exit_code == 0
    assert f"{FACES}/{IMAGES}/1.jpg: expected a photograph, got an empty file" in done.stderr.splitlines()
    assert f"{FACES}/{IMAGES}/2.jpg: expected a photograph, got a damaged image" in done.stderr
    assert "8 train faces" in done.stdout and "; 3 refused" in done.stdout
    strict = run("prepare", "--raw", raw, "--bank", prepared[0], "--workers", 1, "--strict")
    assert strict.exit_code == 1, "for scripts that must not go on"
    assert len(best.rows) == 8 * (1 + 3 + 1 + 2 + 2), "and every face that is whole was used"


def damaged_bank(source: str, folder: Path) -> str:
    """The session's bank with three faces: whole, with a torn photograph, with an empty mask."""
    writer, bank = BankWriter(str(folder)), Bank(source)
    (first,) = bank.entries("face")
    torn, empty = {"jpg": b"\xff\xd8\xff torn"}, {"mask.png": encode_png(np.zeros((64, 64), np.uint8))}
    damages: tuple[dict[str, bytes], ...] = ({}, torn, empty)
    for number, damage in enumerate(damages):
        name = f"{number:05d}"
        writer.add(replace(first, id=name, photo=name), bank.read(first) | damage)
    for texture in bank.entries("texture"):
        writer.add(texture, bank.read(texture))
    writer.close(upscaler="lanczos")
    return str(folder)


def test_1_and_2_faces_that_cannot_be_made_are_rows_with_their_reasons(bank_url: str, tmp_path: Path) -> None:
    bank = damaged_bank(bank_url, tmp_path / "bank")
    sets: list[dict[str, object]] = [{"name": "randocc", "kind": "randocc"}]
    version = build_by_command(tmp_path, bank, sets, workers=1, repeats=2, max_failed=1.0)
    assert "2 kept, 0 rejected, 4 failed" in version.said
    assert list(version.samples) == ["randocc-00000-000", "randocc-00000-001"]
    for face_id, reason in (("00001", "that do not decode"), ("00002", "got an empty mask")):
        rows = [version.rows[f"randocc-{face_id}-{repeat:03d}"] for repeat in range(2)]
        assert all(row.verdict == "failed" and reason in row.reason for row in rows)


@pytest.mark.parametrize(("stem", "size"), [("3", (96, 128)), ("4", (128, 128)), ("lying", (128, 85))])
def test_2_a_face_of_any_size_becomes_whole_samples(best: Version, stem: str, size: tuple[int, int]) -> None:
    members = best.samples[face_of(best, stem)]
    image, mask = decode_rgb(members["jpg"]), decode_plane(members["mask.png"])
    assert image.shape == (*size, 3) and mask.shape == size
    rows, columns = np.nonzero(mask)
    middle = (size[0] - 1) / 2, (size[1] - 1) / 2
    assert (rows.mean(), columns.mean()) == pytest.approx(middle, abs=1), "where the disc was drawn"
    assert mask.mean() == pytest.approx(np.pi / 4 * 0.36, rel=0.03)
    assert face_of(best, stem, of="randocc")


def test_2_an_empty_mask_is_refused_by_its_file_name(prepared: tuple[Path, Result]) -> None:
    expected = f"{FACES}/{MASKS}/0/00005_skin.png: expected a mask with pixels, got an empty mask"
    assert expected in prepared[1].stderr.splitlines()


def test_3_photographs_whose_names_share_a_beginning_both_come_out(best: Version) -> None:
    colours = []
    for stem in ("a.b", "a.c"):
        key = face_of(best, stem)
        assert "." not in key, "readers end the key at the first dot"
        colours.append(decode_rgb(best.samples[key]["jpg"]).mean((0, 1)))
    assert colours[0][0] > 1.5 * colours[0][2], "a.b is the red one"
    assert colours[1][2] > 1.5 * colours[1][0], "a.c is the blue one"
    assert len(best.samples) == sum(row.verdict == "kept" for row in best.rows.values())


def test_4_a_mask_of_0_and_1_is_the_mask_of_0_and_255(best: Version) -> None:
    ours, usual = (decode_plane(best.samples[face_of(best, stem)]["mask.png"]) for stem in ("6", "0"))
    assert ours.any() and np.array_equal(ours, usual)


def test_4_a_training_mask_of_0_and_1_is_occluded_where_one_of_0_and_255_is() -> None:
    cup = occluder("object")
    assert cup is not None and cup.alpha is not None
    matte = np.where(cup.alpha[0] > 127, 255, 0).astype(np.uint8)
    made = []
    for top in (1, 255):
        bank = OccluderBank(objects=[(np.ascontiguousarray(cup.rgb[0]), matte // np.uint8(255 // top))])
        mask = face(128).mask * np.uint8(top)
        made.append(NatOcc(bank).occlude(seed=5, image=face(128).image, mask=mask))
    assert made[0]["occlusion"]["applied"] and made[0]["mask"].any()
    assert np.array_equal(made[0]["image"], made[1]["image"])
    assert np.array_equal(made[0]["mask"], made[1]["mask"] // 255)


def test_5_hands_with_colour_transfer_have_it_and_those_without_say_so(best: Version) -> None:
    pairs = 0
    for key in best.samples:
        if not key.startswith("hand_sot-"):
            continue
        told = best.facts(key)["backends"]["colour_transfer"]  # type: ignore[index]
        assert isinstance(told, str) and told
        plain = key.replace("hand_sot-", "hand-")
        if plain not in best.samples:
            continue
        assert best.facts(plain)["backends"]["colour_transfer"] == ""  # type: ignore[index]
        one, other = best.samples[key], best.samples[plain]
        inside = decode_plane(one["alpha.png"]) == 255
        assert np.array_equal(inside, decode_plane(other["alpha.png"]) == 255)
        moved = cv2.absdiff(decode_rgb(one["jpg"]), decode_rgb(other["jpg"]))
        assert moved[inside].mean() > 2, key
        pairs += 1
    assert pairs > 8


@pytest.mark.parametrize("profile", PROFILES)
def test_5_a_hand_whose_colours_cannot_be_moved_is_an_error(profile: str) -> None:
    hand, on = occluder("hand"), face(128)
    switches = Switches(transfer_strength=1.0)
    params = draw_params(on, hand, "hand", PROFILES[profile], switches, Streams(2, "hand", "0"))
    with pytest.raises(ValueError, match=r"(?i)transfer"):
        render(replace(on, mask=on.mask * 0), hand, params)


@pytest.mark.parametrize("profile", ["best", "paper", "code"])
def test_5_a_faint_hand_is_not_kept_with_its_own_colours(profile: str, bank_url: str, tmp_path: Path) -> None:
    """Nowhere half opaque, and yet to be seen: pure blue on skin."""
    bank, writer = Bank(bank_url), BankWriter(str(tmp_path / "bank"))
    (one,), (hand,) = bank.entries("face"), bank.entries("hand")
    writer.add(one, bank.read(one))
    faint = make_occluder(np.full((90, 60, 3), (0, 0, 255), np.uint8), np.full((90, 60), 110, np.uint8))
    assert faint.alpha is not None
    blue = cv2.imencode(".png", faint.rgb[0][..., ::-1].copy())[1].tobytes()
    writer.add(hand, {"jpg": blue, "alpha.png": encode_png(np.ascontiguousarray(faint.alpha[0]))})
    writer.close(upscaler="lanczos")
    sets: list[dict[str, object]] = [{"name": "hand_sot", "kind": "hand", "colour_transfer": 1.0}]
    if profile == "best":
        with pytest.raises(NotFit, match=r"got none of 4 \(4 rejected: hidden_too_little"):
            build_here(tmp_path, tmp_path / "bank", sets, repeats=4, profile=profile)
        return
    version = build_here(tmp_path, tmp_path / "bank", sets, repeats=4, profile=profile)
    assert len(version.rows) == 4
    for key, members in version.samples.items():
        image, clean = decode_rgb(members["jpg"]), decode_rgb(members["clean.jpg"])
        under = decode_plane(members["alpha.png"]) > 90
        bluer = (image[under].astype(int) - clean[under])[:, 2].mean() if under.any() else 0.0
        assert bluer < 15, f"{key} is kept as {version.facts(key)['backends']}"


def test_6_a_sample_is_the_same_alone_and_in_any_worker(
    best: Version, prepared: tuple[Path, Result], tmp_path: Path
) -> None:
    apart = build_by_command(tmp_path, prepared[0], SETS[1:4], workers=2, samples_per_shard=5)
    assert len(apart.samples) > 30 and len(list(apart.url.glob("*.tar"))) > 8
    theirs = best.samples
    assert all(members == theirs[key] for key, members in apart.samples.items())


def test_6_the_order_of_a_folders_listing_changes_no_byte(
    raw: Path, prepared: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shuffled = random.Random(7)
    listdir, scandir = os.listdir, os.scandir
    asked: list[object] = []

    class Scan:
        """A folder's entries in any order."""

        def __init__(self, path: Any = ".") -> None:
            asked.append(path)
            with scandir(path) as entries:
                found = list(entries)
            shuffled.shuffle(found)
            self._left = iter(found)

        def __iter__(self) -> Iterator[os.DirEntry[str]]:
            return self._left

        def __next__(self) -> os.DirEntry[str]:
            return next(self._left)

        def __enter__(self) -> Scan:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        def close(self) -> None:
            """Nothing is held open."""

    def listed(path: Any = ".") -> list[str]:
        asked.append(path)
        names = listdir(path)
        shuffled.shuffle(names)
        return names

    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", listed)
        patch.setattr(os, "scandir", Scan)
        done = run("prepare", "--raw", raw, "--bank", tmp_path / "bank", "--workers", 1)
    assert done.exit_code == 0 and len(asked) > 5
    names = sorted(path.name for path in prepared[0].iterdir() if path.is_file())
    assert names == sorted(path.name for path in (tmp_path / "bank").iterdir() if path.is_file())
    for name in names:
        assert (tmp_path / "bank" / name).read_bytes() == (prepared[0] / name).read_bytes(), name
