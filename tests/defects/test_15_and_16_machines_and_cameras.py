"""What machine a build asks for, and how photographs were stored, by the numbers of the list."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from natocc.codecs import decode_plane, decode_rgb
from tests import raw_trees as raws
from tests.defects.conftest import Version, face_of, turned_by_exif, write_recipe

pytestmark = pytest.mark.xdist_group("defects")
ROOT = Path(__file__).parents[2]
NEEDS_A_GPU = ("torch", "cupy", "tensorflow", "jax")


def test_15_a_build_asks_for_no_gpu_and_none_of_its_libraries(bank_url: str, tmp_path: Path) -> None:
    """In every process, workers too, their import fails as on a machine without them."""
    for name in NEEDS_A_GPU:
        raws.write(tmp_path / "absent" / f"{name}.py", b"raise ImportError('no GPU on this machine')\n")
    kinds = ("randocc", "object", "hand")
    sets: list[dict[str, object]] = [{"name": kind, "kind": kind} for kind in kinds]
    sets[2]["colour_transfer"] = 1.0
    recipe = write_recipe(tmp_path / "small.yaml", sets, size=64)
    words = ["build", recipe, "--bank", bank_url, "--out", tmp_path / "out", "--workers", 1]
    code = (
        "import sys; from commands.main import app; app(sys.argv[1:], standalone_mode=False); "
        f"assert not set({NEEDS_A_GPU}) & set(sys.modules)"
    )
    path = os.pathsep.join([str(tmp_path / "absent"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "3 kept, 0 rejected, 0 failed" in done.stdout


@pytest.mark.parametrize("stem", ["lying", "upside down"])
def test_16_a_photograph_stored_lying_is_upright_and_under_its_mask(best: Version, stem: str) -> None:
    members = best.samples[face_of(best, stem)]
    image, mask = decode_rgb(members["jpg"]), decode_plane(members["mask.png"])
    upright = cv2.resize(raws.portrait(300, 200) if stem == "lying" else raws.portrait(), image.shape[1::-1])
    # Made twice as it was drawn: the finished picture may be mirrored, brighter or softer.
    likeness = [alike(image, one) for one in (upright, upright[:, ::-1])]
    fallen = [alike(image, one) for one in (upright[::-1], upright[::-1, ::-1])]
    assert max(likeness) > 0.97 > 0.8 > max(fallen)
    assert image.shape[:2] == mask.shape
    assert mask.any(0).sum() == pytest.approx(0.6 * mask.shape[1], abs=3)
    assert mask.any(1).sum() == pytest.approx(0.6 * mask.shape[0], abs=3)


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.reshape(-1), other.reshape(-1))[0, 1])


def test_16_hands_and_textures_are_set_upright_too(tmp_path: Path) -> None:
    from assets.datasets.dtd.reader import read_textures
    from assets.datasets.hands.reader import read_hands
    from tasks.prepare.occluders.hands_textures import prepare_hand, prepare_texture

    raws.add_hand(tmp_path, 0)
    photo = np.asarray(Pillow.open(tmp_path / "11k-hands/Hands/Hand_0000000.jpg"))
    plain = prepare_hand(next(iter(read_hands(tmp_path, lambda problem: None))), tmp_path)
    raws.add_hand(tmp_path, 0, turned_by_exif(photo, 6, Pillow.Transpose.ROTATE_90))
    lying = prepare_hand(next(iter(read_hands(tmp_path, lambda problem: None))), tmp_path)
    assert lying.members["alpha.png"] == plain.members["alpha.png"]
    assert alike(*(decode_rgb(one.members["jpg"]) for one in (lying, plain))) > 0.98
    stored = turned_by_exif(raws.portrait(90, 120), 8, Pillow.Transpose.ROTATE_270)
    raws.add_texture(tmp_path, "pitted", "pitted_0001.jpg", stored)
    texture = prepare_texture(next(iter(read_textures(tmp_path, lambda problem: None))), tmp_path)
    assert alike(decode_rgb(texture.members["jpg"]), raws.portrait(90, 120)) > 0.98
