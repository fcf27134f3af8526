from __future__ import annotations

import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image as Pillow

from assets.datasets.celebamask.reader import read_faces
from assets.datasets.realocc import REALOCC, read_occluded_faces
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from natocc.masks.policy import CLASS_IDS
from tasks.prepare.entry import Prepared
from tasks.prepare.faces.evaluation import prepare_evaluated
from tasks.prepare.faces.face import prepare_face
from tests.raw_trees import (
    FACES,
    IMAGES,
    MASKS,
    add_face,
    add_occluded,
    add_sidecar,
    disc,
    encoded,
    portrait,
    sixteen_bit_png,
)

PHOTO, MASK = f"{FACES}/{IMAGES}/0.jpg", f"{FACES}/{MASKS}/0/00000"


def prepare(raw: Path) -> Prepared:
    return prepare_face(next(iter(read_faces(raw, lambda problem: None))), raw)


def messages(prepared: Prepared) -> list[str]:
    return [f"{problem.action} {problem}" for problem in prepared.problems]


def test_a_face_of_the_download_keeps_its_bytes(tmp_path: Path) -> None:
    path = add_face(
        tmp_path, "0", portrait(1024, 1024), {"skin": disc(512, 512), "eye_g": disc(512, 512, 0.2)}
    )
    done = prepare(tmp_path)
    assert done.problems == () and done.entry is not None
    assert [*done.members] == ["jpg", "mask.png", "parsing.png", "json"]
    assert done.members["jpg"] == path.read_bytes()
    glasses = disc(512, 512, 0.2) > 0
    mask, classes = decode_plane(done.members["mask.png"]), decode_plane(done.members["parsing.png"])
    assert np.array_equal(mask, np.where(glasses, 0, disc(512, 512)))
    assert set(np.unique(classes)) == {0, CLASS_IDS["skin"], CLASS_IDS["eye_g"]}
    entry = done.entry
    assert (entry.id, entry.kind, entry.height, entry.width, entry.split) == (
        "00000",
        "face",
        1024,
        1024,
        "train",
    )
    assert entry.source == PHOTO and len(entry.photo) == 64


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(300, 200, (1024, 683)), (200, 300, (683, 1024)), (1500, 1500, (1024, 1024))],
)
def test_other_sizes_keep_their_aspect_with_a_long_side_of_1024(
    tmp_path: Path, height: int, width: int, expected: tuple[int, int]
) -> None:
    add_face(tmp_path, "0", portrait(height, width), {"skin": disc(height // 2, width // 2)})
    row = {"file": f"{IMAGES}/0.jpg", "landmarks": json.dumps({"nose": [width / 2, height / 2]})}
    add_sidecar(tmp_path / FACES, row)
    done = prepare(tmp_path)
    assert messages(done) == [
        f"converted {PHOTO}: expected an upright 8-bit colour JPEG of 1024 pixels, got size {width}x{height}"
    ]
    image, mask = decode_rgb(done.members["jpg"]), decode_plane(done.members["mask.png"])
    assert image.shape == (*expected, 3)
    assert mask.shape == tuple(round(side / 2) for side in expected)
    assert set(np.unique(mask)) == {0, 255}
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - portrait(height, width)).mean() < 4
    share = (mask > 0).mean() / (disc(height // 2, width // 2) > 0).mean()
    assert share == pytest.approx(1, abs=0.02)
    x, y = json.loads(done.members["json"])["landmarks"]["nose"]
    assert (x, y) == pytest.approx((expected[1] / 2, expected[0] / 2), abs=1)


def rotated(data: Image, orientation: int) -> bytes:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    return encoded(data, exif=exif)


def test_a_photograph_turned_by_exif_fits_its_upright_masks(tmp_path: Path) -> None:
    add_face(
        tmp_path,
        "0",
        rotated(np.ascontiguousarray(np.rot90(portrait(300, 200))), 6),
        {"skin": disc(150, 100)},
    )
    done = prepare(tmp_path)
    assert "got EXIF rotation, size 200x300" in messages(done)[0]
    assert decode_rgb(done.members["jpg"]).shape == (1024, 683, 3)


def kinds() -> dict[str, tuple[bytes, str]]:
    grey, cmyk = io.BytesIO(), io.BytesIO()
    Pillow.fromarray(portrait()).convert("L").save(grey, "JPEG")
    Pillow.fromarray(portrait()).convert("CMYK").save(cmyk, "JPEG")
    return {
        "grey": (grey.getvalue(), "greyscale"),
        "cmyk": (cmyk.getvalue(), "CMYK"),
        "deep": (sixteen_bit_png(portrait()), "PNG, 16 bits a channel"),
        "deep grey": (
            sixteen_bit_png(skimage.data.camera()[:160, :160]),
            "PNG, 16 bits a channel, greyscale",
        ),
    }


@pytest.mark.parametrize("kind", ["grey", "cmyk", "deep", "deep grey"])
def test_pictures_of_other_kinds_are_converted_and_noted(tmp_path: Path, kind: str) -> None:
    data, note = kinds()[kind]
    add_face(tmp_path, "0", data)
    done = prepare(tmp_path)
    assert messages(done)[0].endswith(f"got {note}, size 160x160")
    assert decode_rgb(done.members["jpg"]).shape == (1024, 1024, 3)
    assert json.loads(done.members["json"])["converted"] == [*note.split(", "), "size 160x160"]


def test_masks_of_other_kinds_are_converted_and_noted(tmp_path: Path) -> None:
    plane = disc(80, 80)
    parts = {
        "skin": encoded(plane // 255, "PNG"),
        "hair": encoded(cv2.GaussianBlur(plane, (0, 0), 2), "PNG"),
        "hat": sixteen_bit_png(disc(80, 80, 0.1)),
    }
    add_face(tmp_path, "0", portrait(1024, 1024), parts | {"nose": encoded(disc(80, 80, 0.2), "PNG")})
    done = prepare(tmp_path)
    assert messages(done)[:3] == [
        f"converted {MASK}_hair.png: expected an 8-bit mask of 0 and 255, got grey edges",
        f"converted {MASK}_hat.png: expected an 8-bit mask of 0 and 255, got 16 bits a channel",
        f"converted {MASK}_skin.png: expected an 8-bit mask of 0 and 255, got values 0 and 1",
    ]


def test_a_0_1_mask_is_not_lost(tmp_path: Path) -> None:
    add_face(tmp_path, "0", portrait(1024, 1024), {"skin": encoded(disc(512, 512) // 255, "PNG")})
    assert np.array_equal(decode_plane(prepare(tmp_path).members["mask.png"]), disc(512, 512))


@pytest.mark.parametrize("form", ["PNG", "BMP"])
def test_an_empty_part_is_named_and_counts_as_absent(tmp_path: Path, form: str) -> None:
    parts = {"skin": disc(512, 512), "eye_g": encoded(disc(512, 512) * 0, form)}
    add_face(tmp_path, "0", portrait(1024, 1024), parts)
    done = prepare(tmp_path)
    assert messages(done) == [
        f"refused {MASK}_eye_g.png: expected a mask with pixels, or no file, got an empty mask; the part counts as absent"
    ]
    assert np.array_equal(decode_plane(done.members["mask.png"]), disc(512, 512))


SKIN = disc(80, 80)


@pytest.mark.parametrize(
    ("image", "parts", "problem"),
    [
        (b"", None, f"{PHOTO}: expected a photograph, got an empty file"),
        (b"words", None, f"{PHOTO}: expected a photograph, got 5 bytes that are no JPEG, PNG, WEBP, BMP image"),
        (portrait(), {"skin": disc(80, 60)}, f"{MASK}_skin.png: expected the aspect of its photograph 160x160, got 60x80"),
        (portrait(), {"skin": SKIN, "nose": disc(40, 40)}, f"{MASK}_skin.png: expected the size of the other parts 40x40, got 80x80"),
        (portrait(), {"skin": SKIN * 0, "nose": SKIN}, f"{MASK}_skin.png: expected a mask with pixels, got an empty mask"),
        (portrait(), {"skin": SKIN, "hat": SKIN}, f"{PHOTO}: expected a face mask with pixels, got an empty mask: other parts cover the skin"),
        (portrait(), {"nose": SKIN, "hair": SKIN}, f"{PHOTO}: expected a mask of the skin among its parts, got hair, nose alone"),
        (portrait(), {"skin": SKIN, "eye_g": encoded(SKIN // 255, "JPEG", quality=50)}, f"{MASK}_eye_g.png: expected a mask of 0 and 255 in a JPEG or a lossy WebP, got black all over; save it as PNG"),
        (portrait(), {"skin": SKIN, "hair": b""}, f"{MASK}_hair.png: expected a mask, got an empty file"),
        (portrait(), {"skin": encoded(portrait(80, 80), "PNG")}, f"{MASK}_skin.png: expected a mask with equal channels, or of one colour on black, got a coloured picture"),
        (portrait(), {"skin": encoded(SKIN // 255 * 7, "PNG")}, f"{MASK}_skin.png: expected a mask of 0 and 255, or of 0 and 1, got values up to 7"),
    ],
)  # fmt: skip
def test_unusable_faces_are_refused_by_name(
    tmp_path: Path, image: Image | bytes, parts: dict[str, Image | bytes] | None, problem: str
) -> None:
    add_face(tmp_path, "0", image, parts)
    done = prepare(tmp_path)
    assert done.entry is None and done.members == {}
    assert messages(done) == [f"refused {problem}"]


def occluded(raw: Path) -> Prepared:
    return prepare_evaluated(next(iter(read_occluded_faces(raw, lambda problem: None))), raw, REALOCC)


def test_a_really_occluded_face_keeps_its_size_and_bytes(tmp_path: Path) -> None:
    path = add_occluded(tmp_path, "x", portrait(), disc(160, 160) // 255)
    done = occluded(tmp_path)
    assert done.problems == () and done.entry is not None
    assert done.members["jpg"] == path.read_bytes()
    assert np.array_equal(decode_plane(done.members["mask.png"]), disc(160, 160) // 255)
    assert json.loads(done.members["json"])["source"] == "RealOcc/image/x.jpg"


@pytest.mark.parametrize(
    ("image", "mask", "problem"),
    [
        (b"", SKIN, "refused RealOcc/image/x.jpg: expected a photograph, got an empty file"),
        (portrait(), b"", "refused RealOcc/mask/x.png: expected a mask, got an empty file"),
        (portrait(), SKIN, "refused RealOcc/mask/x.png: expected a mask of its photograph's size 160x160, got 80x80"),
        (portrait(), disc(160, 160) * 0, "refused RealOcc/mask/x.png: expected a mask with pixels, got an empty mask"),
        (portrait(), sixteen_bit_png(disc(160, 160)), "converted RealOcc/mask/x.png: expected an 8-bit mask of 0 and 255, got 16 bits a channel"),
        (encoded(portrait()[..., 0]), disc(160, 160), "converted RealOcc/image/x.jpg: expected an upright 8-bit colour JPEG, got greyscale"),
    ],
)  # fmt: skip
def test_faults_of_really_occluded_faces_are_named(
    tmp_path: Path, image: Image | bytes, mask: Image | bytes, problem: str
) -> None:
    add_occluded(tmp_path, "x", image, mask)
    done = occluded(tmp_path)
    assert messages(done) == [problem]
    assert (done.entry is None) == problem.startswith("refused")
