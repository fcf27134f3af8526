from __future__ import annotations

from pathlib import Path

import pytest

from tasks.training.segmenter.data import examples_sha256, read_split, read_test_sets
from tests.small_version import occluded_face, small_bank, small_version, write_version


def test_a_split_is_taken_evenly_from_its_shards(tmp_path: Path) -> None:
    shards = {
        f"{name}-000000.tar": ("train", [(f"{name}{index}", occluded_face(index)) for index in range(3)])
        for name in "ab"
    }
    url = write_version(str(tmp_path / "v"), shards)
    whole, some = (read_split(url, "train", size=16, most=most) for most in (100, 4))
    assert whole.images.shape == (6, 3, 16, 16) and whole.masks.shape == (6, 1, 16, 16)
    assert len(some) == 4 and (some.images[2:] == whole.images[3:5]).all()
    assert len(read_split(url, "test", size=16, most=4)) == 0


def test_sets_that_are_missing_or_cut_short_are_noted(tmp_path: Path) -> None:
    url, bank = small_version(str(tmp_path / "v")), small_bank(str(tmp_path / "bank"), real=2, Wild=3, COFW=0)
    tests = read_test_sets(url, bank, size=16, most=2)
    assert tests.held_out is not None and len(tests.held_out) == 2
    assert {name: len(pictures) for name, pictures in tests.real.items()} == {"RealOcc": 2, "Wild": 2}
    assert tests.notes == (
        f"no test on COFW: {bank} has none of its faces",
        "Wild: tested on the first 2 of its 3 faces, see --max-samples",
    )
    alone = write_version(str(tmp_path / "w"), {"a-000000.tar": ("train", [("k", occluded_face(0))])})
    nothing = read_test_sets(alone, None, size=16, most=2)
    assert nothing.held_out is None and nothing.real == {}
    assert nothing.notes == (
        "no test on held-out faces: the version has none (split test)",
        "no test on really occluded faces: no bank was given",
    )


@pytest.mark.parametrize("plane", ["images", "masks"])
def test_a_fingerprint_changes_with_any_pixel(tmp_path: Path, plane: str) -> None:
    pictures = read_split(small_version(str(tmp_path / "v")), "train", size=16, most=9)
    before = examples_sha256(pictures)
    assert before == examples_sha256(pictures) and before.startswith(f"{len(pictures)} sha256:")
    getattr(pictures, plane)[0, 0, 3, 3] += 1
    assert examples_sha256(pictures) != before
