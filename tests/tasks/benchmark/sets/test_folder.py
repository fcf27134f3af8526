"""One's own test set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assets.problems import BadInput, Problem
from natocc.files.read import hash_file
from natocc.geometry import Image
from tasks.benchmark.sets.folder import open_folder
from tasks.benchmark.sets.picture import TestSet
from tests.raw_trees import add_sidecar, disc, encoded, portrait, write


def add(folder: Path, name: str, mask: Image | None = None, *, image: Image | None = None) -> None:
    image = portrait(60, 50) if image is None else image
    write(folder / f"img/{name}.jpg", encoded(image))
    write(folder / f"mask/{name}.png", encoded(disc(60, 50) if mask is None else mask, "PNG"))


def opened(folder: Path) -> tuple[TestSet, list[Problem]]:
    problems: list[Problem] = []
    return open_folder("mine", str(folder), problems.append), problems


def test_pictures_and_masks_are_a_set(tmp_path: Path) -> None:
    add(tmp_path, "a")
    add(tmp_path, "b", disc(60, 50) // 255, image=portrait(60, 50)[:, ::-1].copy())
    found, _ = opened(tmp_path)
    assert (found.name, found.policy, found.missing) == ("mine", "", "")
    assert [one.key for one in found.facts] == ["a", "b"]
    assert found.facts[0].photo == hash_file(tmp_path / "img/a.jpg")
    for _ in range(2):
        first, second = found.read()
        assert first.image.shape == (60, 50, 3) and first.disputed is None
        assert (first.mask == (disc(60, 50) > 0)).all() and (second.mask == first.mask).all()


def test_a_sidecar_gives_persons_and_leaves_pictures_out(tmp_path: Path) -> None:
    for name in ("a", "b"):
        add(tmp_path, name)
    add_sidecar(
        tmp_path,
        {"file": "img/a.jpg", "person": "ada", "photo": "ab" * 32, "licence": "CC0"},
        {"file": "img/b.jpg", "split": "train"},
    )
    found, problems = opened(tmp_path)
    (facts,) = found.facts
    assert (facts.person, facts.photo, found.licences) == ("ada", "ab" * 32, ("CC0",))
    assert [one.got for one in problems if "left out" in one.got] == [
        "the split train in natocc.csv; it is left out"
    ]


def test_masks_of_glasses_say_where_policies_differ(tmp_path: Path) -> None:
    for name in ("a", "b"):
        add(tmp_path, name)
    write(tmp_path / "glasses/b.png", encoded(disc(60, 50, 0.2), "PNG"))
    found, _ = opened(tmp_path)
    without, with_glasses = found.read()
    assert without.disputed is None
    assert with_glasses.disputed is not None
    assert (with_glasses.disputed == (disc(60, 50, 0.2) > 0)).all()
    write(tmp_path / "glasses/b.png", encoded(disc(30, 25, 0.2), "PNG"))
    with pytest.raises(BadInput, match=r"glasses/b\.png: expected a mask of its photograph's size 50x60"):
        opened(tmp_path)


def test_a_change_of_one_file_changes_the_fingerprint(tmp_path: Path) -> None:
    add(tmp_path, "a")
    before = opened(tmp_path)[0].fingerprint
    assert opened(tmp_path)[0].fingerprint == before
    add(tmp_path, "a", disc(60, 50, 0.5))
    assert opened(tmp_path)[0].fingerprint != before


def test_a_file_that_changes_after_opening_is_an_error(tmp_path: Path) -> None:
    add(tmp_path, "a")
    found, _ = opened(tmp_path)
    add(tmp_path, "a", disc(60, 50, 0.5))
    with pytest.raises(BadInput, match=r"mask/a\.png: expected the mask that was there before, got another"):
        list(found.read())


def test_a_folder_without_its_parts_is_missing(tmp_path: Path) -> None:
    write(tmp_path / "img/a.jpg", encoded(portrait(60, 50)))
    found, _ = opened(tmp_path)
    assert "expected the folders img and mask in it" in found.missing
    assert "expected the folders img and mask in it" in opened(tmp_path / "nowhere")[0].missing
    (tmp_path / "empty/img").mkdir(parents=True)
    (tmp_path / "empty/mask").mkdir()
    assert "expected pictures to test on, got none" in opened(tmp_path / "empty")[0].missing


SOFT = np.repeat(np.linspace(0, 255, 50).astype(np.uint8)[None], 60, axis=0)


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (disc(30, 25), "a mask of its photograph's size 50x60, got 25x30"),
        (255 - disc(60, 50), "it looks inverted"),
        (SOFT, "expected a mask"),
        (np.zeros((60, 50), np.uint8), "a mask with pixels, got an empty mask"),
    ],
)
def test_a_mask_that_can_t_be_used_is_named(mask: Image, said: str, tmp_path: Path) -> None:
    add(tmp_path, "a")
    add(tmp_path, "b", mask)
    with pytest.raises(BadInput, match=rf"mine: .*/mask/b\.png: .*{said}"):
        opened(tmp_path)


def test_pictures_without_masks_are_counted(tmp_path: Path) -> None:
    add(tmp_path, "a")
    for name in ("b", "c"):
        write(tmp_path / f"img/{name}.jpg", encoded(portrait(60, 50)))
    with pytest.raises(BadInput, match=r"img/b\.jpg: expected a mask .*got no such file \(2 faults"):
        opened(tmp_path)
