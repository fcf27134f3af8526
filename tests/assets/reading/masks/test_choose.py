from __future__ import annotations

from pathlib import Path

from assets.problems import Problem
from assets.reading.masks.choose import choose_masks


def choose(raw: Path, photographs: str, masks: str) -> tuple[dict[str, str], set[str], list[str]]:
    """Masks taken, photographs refused, and findings."""
    (raw / "masks").mkdir()
    for name in masks.split():
        (raw / "masks" / name).touch()
    images = {Path(name).stem: raw / "images" / name for name in photographs.split()}
    problems: list[Problem] = []
    chosen = choose_masks(images, raw / "masks", raw, problems.append, beside=("list.txt",))
    taken = {stem: path.name for stem, path in chosen.taken.items()}
    return taken, set(chosen.refused), [str(problem) for problem in problems]


def test_every_photograph_has_its_mask_and_a_photograph_may_have_none(tmp_path: Path) -> None:
    taken = {"1": "1.png", "2": "2_mask.JPG"}
    assert choose(tmp_path, "1.jpg 2.jpg 3.jpg", "1.png 2_mask.JPG list.txt Thumbs.db") == (taken, set(), [])


def test_its_own_name_as_a_png_comes_before_others_which_are_named(tmp_path: Path) -> None:
    assert choose(tmp_path, "1.jpg", "1.png 1.jpg 1_mask.png") == (
        {"1": "1.png"},
        set(),
        [
            "masks/1.jpg: expected one mask of a photograph, got masks/1.png too, which is taken; remove one",
            "masks/1_mask.png: expected one mask of a photograph, got masks/1.png too, which is taken; remove one",
        ],
    )


def test_two_other_names_refuse_the_photograph(tmp_path: Path) -> None:
    taken, refused, problems = choose(tmp_path, "1.jpg 2.jpg", "1_mask.png 1_seg.png 2.png")
    assert (taken, refused) == ({"2": "2.png"}, {"1"})
    assert problems == [
        "images/1.jpg: expected one mask, got several: masks/1_mask.png, masks/1_seg.png; keep one"
    ]


def test_masks_of_no_photograph_and_other_files_are_named(tmp_path: Path) -> None:
    assert choose(tmp_path, "a-1.jpg a_1.jpg", "7.png 8.png notes.doc a+1.png A.1.png")[2] == [
        "masks/notes.doc: expected a picture (.jpeg, .jpg, .png, .bmp, .webp), got another file",
        "masks: expected a photograph for each mask, got 3 masks without a photograph (7.png, 8.png, a+1.png); "
        "name them like the photographs, or remove them",
        "masks: expected one photograph for each mask, got 1 mask that fit several photographs (A.1.png); "
        "name them like the photographs",
    ]


def test_a_file_that_is_no_picture_refuses_its_photograph(tmp_path: Path) -> None:
    taken, refused, problems = choose(
        tmp_path, "1.jpg 2.jpg 3.jpg 4.jpg", "1.tif 2.png 2.gif 3.json 4_mask.png 4.tif"
    )
    assert (taken, refused) == ({"2": "2.png"}, {"1", "4"}), "a PNG of the photograph's own name comes first"
    another = "expected a picture (.jpeg, .jpg, .png, .bmp, .webp), got another file"
    assert problems == [
        *(f"masks/{name}: {another}" for name in ("1.tif", "2.gif", "3.json", "4.tif")),
        *(
            f"images/{name}.jpg: expected a mask that can be read, got masks/{name}.tif, which is none; mend or remove it"
            for name in "14"
        ),
    ]
