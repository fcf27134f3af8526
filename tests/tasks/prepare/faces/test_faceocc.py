"""FaceOcc's occlusions, from a tree in the release's form to a face's labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.bank.reader import Bank
from assets.datasets.celebamask.reader import read_faces
from assets.datasets.faceocc.reader import read_faceocc_cutouts, read_faceocc_textures
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from natocc.codecs import decode_plane
from natocc.geometry import Image
from natocc.masks.policy import CLASS_IDS
from shards.storage import sha256_bytes
from tasks.prepare.bank import prepare
from tasks.prepare.entry import Prepared
from tasks.prepare.faces.face import prepare_face
from tasks.prepare.occluders.cutouts import prepare_cutout
from tasks.prepare.occluders.hands_textures import prepare_texture
from tasks.prepare.options import PrepareOptions
from tests.faceocc_files import add_cutout, align, align_plane, astronaut, hopper, large, rgba
from tests.raw_trees import FACES, IMAGES, add_face, add_sidecar, disc, encoded, mask_bytes, write

pytestmark = pytest.mark.xdist_group("prepare")

# Scale and position of the crop: the second one reaches out above and on the left.
PLACES = [(0.62, -45.3, 3.8), (0.7, 12.4, 20.9)]


def plane(centre: tuple[int, int], radius: int) -> Image:
    """A disc in the masks' frame of 512x512."""
    found = np.zeros((512, 512), np.uint8)
    cv2.circle(found, centre, radius, 255, -1)
    return found


# The astronaut's face is round (225, 120); a hand would lie on her cheek, beyond its edge too.
SKIN, HAND = plane((225, 120), 75), plane((280, 150), 40)
GLASSES, FRAME = plane((225, 100), 30), plane((225, 100), 30) & ~plane((225, 100), 22)


def add(
    raw: Path, number: str, occlusion: Image | None, place: tuple[float, float, float] = PLACES[0]
) -> None:
    add_face(raw, number, large(astronaut()), {"skin": SKIN, "eye_g": GLASSES, "l_eye": plane((225, 100), 8)})
    if occlusion is not None:
        add_cutout(raw, f"CelebAHQ/{number}.png", crop_of(astronaut(), occlusion, place))


def crop_of(photo: Image, occlusion: Image, place: tuple[float, float, float] = PLACES[0]) -> bytes:
    # Through 1024 pixels and back, as the photograph goes.
    small = cv2.resize(large(photo), (512, 512), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    return rgba(align(small, *place), align_plane(occlusion, *place))


def run(raw: Path, policy: str = "voo") -> list[Prepared]:
    return [prepare_face(face, raw, policy) for face in read_faces(raw, lambda problem: None)]


def labels(done: Prepared) -> tuple[Image, Image, dict[str, object]]:
    assert done.entry is not None, done.problems
    return (
        decode_plane(done.members["mask.png"]),
        decode_plane(done.members["parsing.png"]),
        json.loads(done.members["json"]),
    )


def messages(done: Prepared) -> list[str]:
    return [f"{problem.action} {problem}" for problem in done.problems]


@pytest.mark.parametrize("place", PLACES)
def test_occluders_are_removed_from_the_mask_of_the_face(
    tmp_path: Path, place: tuple[float, float, float]
) -> None:
    add(tmp_path, "0", HAND, place)
    (done,) = run(tmp_path)
    mask, classes, metadata = labels(done)
    assert done.entry is not None and done.entry.category == "corrected" and done.problems == ()
    expected = (SKIN > 0) & (GLASSES == 0) & (HAND == 0)
    # An edge of the alpha may come to lie half a pixel aside.
    assert ((mask > 0) != expected).sum() < 0.6 * 2 * np.pi * 40
    assert np.array_equal(np.isin(classes, [CLASS_IDS[name] for name in ("skin", "l_eye")]), mask > 0)
    hidden = (HAND > 0) & (SKIN > 0) & (GLASSES == 0) & (mask == 0)
    assert (classes[hidden] == 0).all() and (classes[(GLASSES > 0)] == CLASS_IDS["eye_g"]).all()
    path = tmp_path / "FaceOcc/CelebAHQ/0.png"
    assert (metadata["mask"], metadata["policy"]) == ("faceocc", "voo")
    assert metadata["mask_sha256"] == sha256_bytes(path.read_bytes())
    crop = metadata["crop"]
    assert isinstance(crop, dict) and crop["correlation"] > 0.97
    assert (crop["scale"], crop["x"], crop["y"]) == pytest.approx(place, abs=0.2)
    voo = (SKIN > 0) & (GLASSES == 0)
    assert metadata["policy_iou"] == pytest.approx((expected & voo).sum() / voo.sum(), abs=0.01)


def test_lenses_are_face_and_frames_are_not_under_faceocc(tmp_path: Path) -> None:
    add(tmp_path, "0", FRAME)
    mask, classes, metadata = labels(run(tmp_path, "faceocc")[0])
    lens = plane((225, 100), 19) > 0
    assert (mask[lens] == 255).all() and metadata["policy"] == "faceocc"
    frame = (plane((225, 100), 28) > 0) & (plane((225, 100), 24) == 0)
    assert (mask[frame] == 0).all() and (classes[frame] == CLASS_IDS["eye_g"]).all()
    assert set(np.unique(classes[lens])) == {CLASS_IDS["eye_g"], CLASS_IDS["l_eye"]}
    assert (labels(run(tmp_path, "voo")[0])[0][lens] == 0).all()


def test_glasses_of_a_face_that_was_looked_at_and_left_alone_are_dark(tmp_path: Path) -> None:
    add(tmp_path, "0", None)
    lens = GLASSES > 0
    assert (labels(run(tmp_path, "faceocc")[0])[0][lens] == 255).all(), "without the release"
    add(tmp_path, "1", HAND)
    alone, annotated = run(tmp_path, "faceocc")
    mask, _, metadata = labels(alone)
    assert (mask[lens] == 0).all() and metadata["mask"] == "policy" and metadata["policy"] == "faceocc"
    assert (labels(annotated)[0][lens & (HAND == 0)] == 255).mean() > 0.98


def test_a_corrected_mask_comes_before_the_annotation(tmp_path: Path) -> None:
    add(tmp_path, "0", HAND)
    write(tmp_path / CORRECTED_FOLDER / "0.png", mask_bytes(disc(512, 512)))
    mask, _, metadata = labels(run(tmp_path)[0])
    assert np.array_equal(mask, disc(512, 512))
    assert (metadata["mask"], metadata["faceocc"]) == ("corrected", "not used")


CROP = "FaceOcc/CelebAHQ/0.png"
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "another face": (
        lambda: crop_of(hopper(), HAND),
        "a crop of its photograph, upright, got another picture: the best place correlates by 0.",
    ),
    "no alpha": (
        lambda: encoded(align(astronaut(), *PLACES[0]), "PNG"),
        "a picture with an alpha channel, got a picture without one",
    ),
    "everything": (
        lambda: crop_of(astronaut(), SKIN | plane((225, 120), 90)),
        "an occlusion of a part of the face, got one that leaves nothing of it",
    ),
    "cut off": (
        lambda: crop_of(astronaut(), HAND)[:2000],
        "a picture with an alpha channel, got a damaged image",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_crop_that_cannot_be_used_refuses_its_face(tmp_path: Path, kind: str) -> None:
    add(tmp_path, "0", None)
    data, line = BAD[kind]
    write(tmp_path / CROP, data())
    (done,) = run(tmp_path)
    assert done.entry is None
    (only,) = messages(done)
    assert only.startswith(f"refused {CROP}: expected {line}")


def test_another_size_is_noted(tmp_path: Path) -> None:
    add(tmp_path, "0", None)
    small = cv2.resize(large(astronaut()), (512, 512), interpolation=cv2.INTER_LINEAR)[:200, 120:320]
    write(tmp_path / CROP, rgba(np.ascontiguousarray(small), HAND[:200, 120:320].copy()))
    (done,) = run(tmp_path)
    assert messages(done) == [f"converted {CROP}: expected a crop of 256x256, got 200x200"]
    mask = labels(done)[0]
    assert ((mask > 0) != ((SKIN > 0) & (GLASSES == 0) & (HAND == 0))).sum() < 60


def test_an_unknown_policy_is_an_error(tmp_path: Path) -> None:
    add(tmp_path, "0", None)
    with pytest.raises(ValueError, match="policy: expected voo or faceocc, got 'coco'"):
        run(tmp_path, "coco")


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    add(tmp_path, "0", HAND)
    assert run(tmp_path)[0].members == run(tmp_path)[0].members


def test_the_release_gives_occluders_and_textures_too(tmp_path: Path) -> None:
    add(tmp_path, "0", HAND)
    add_cutout(tmp_path, "internet/mask/1.png")
    add_cutout(tmp_path, "texture/1.jpg", encoded(astronaut()[300:400, 200:300]))
    photo = sha256_bytes((tmp_path / "CelebAMask-HQ/CelebA-HQ-img/0.jpg").read_bytes())
    celeba, internet = (
        prepare_cutout(one, tmp_path) for one in read_faceocc_cutouts(tmp_path, lambda problem: None)
    )
    assert celeba.entry is not None and internet.entry is not None
    assert (celeba.entry.kind, celeba.entry.category, celeba.entry.photo) == (
        "object",
        "faceocc celeba",
        photo,
    )
    assert internet.entry.category == "mask" and internet.entry.photo != photo
    assert json.loads(celeba.members["json"])["face"] == "00000"
    # The hand's disc at the crop's scale.
    assert celeba.entry.height == pytest.approx(80 * PLACES[0][0], abs=8)
    (texture,) = read_faceocc_textures(tmp_path, lambda problem: None)
    done = prepare_texture(texture, tmp_path)
    assert done.entry is not None and (done.entry.kind, done.entry.category) == ("texture", "faceocc")


def bank_of(raw: Path, policy: str = "voo") -> tuple[Bank, int]:
    """The bank, and how many of its shards were made again."""
    report = prepare(raw, str(raw.parent / "bank"), PrepareOptions(policy=policy), workers=1)
    assert report.refused == 0
    return Bank(report.bank), report.shards_made


def test_an_occluder_of_a_test_face_is_never_trained_with(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    add(raw, "0", HAND)
    add_face(raw, "1", large(hopper()), {"skin": disc(512, 512)})
    add_cutout(raw, "CelebAHQ/1.png", crop_of(hopper(), HAND))
    add_sidecar(raw / FACES, {"file": f"{IMAGES}/0.jpg", "split": "test"})
    bank, _ = bank_of(raw)
    faces = {entry.photo: entry.split for entry in bank.entries("face")}
    assert sorted(faces.values()) == ["test", "train"]
    assert {entry.photo: entry.split for entry in bank.entries("object")} == faces


def test_another_policy_and_another_crop_are_noticed(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    add(raw, "0", HAND)

    def glasses(bank: Bank) -> int:
        mask = decode_plane(bank.read(bank.entries("face")[0])["mask.png"])
        return int(((mask > 0) & (GLASSES > 0)).sum())

    bank, made = bank_of(raw)
    assert made == 2 and glasses(bank) == 0
    assert bank_of(raw)[1] == 0
    bank, made = bank_of(raw, "faceocc")
    assert made == 1 and glasses(bank) > 2000, "the faces alone"
    write(raw / CROP, crop_of(astronaut(), FRAME))
    bank, made = bank_of(raw, "faceocc")
    assert made == 2 and 1000 < glasses(bank) < 2000
