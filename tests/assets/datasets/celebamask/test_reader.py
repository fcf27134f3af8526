from __future__ import annotations

import os
import shutil
import tracemalloc
import unicodedata
from pathlib import Path

import pytest

from assets.datasets.celebamask.reader import check_faces, read_faces
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.problems import Problem
from assets.records import RawFace
from natocc.masks.policy import PARTS
from tests.raw_trees import FACES, IMAGES, MASKS, add_face, add_sidecar, part_path, write


def read(raw: Path) -> tuple[list[RawFace], list[str]]:
    problems: list[Problem] = []
    faces = list(read_faces(raw, problems.append))
    return faces, [str(problem) for problem in problems]


def touch(raw: Path, stem: str, *parts: str, suffix: str = ".jpg") -> None:
    """A face whose files are there; readers open none of them."""
    add_face(raw, stem, b"x", dict.fromkeys(parts, b"x"), suffix=suffix)


def test_faces_come_in_order_of_their_numbers_with_the_parts_that_are_there(tmp_path: Path) -> None:
    for stem in ("10", "9", "2000", "bea"):
        touch(tmp_path, stem, "skin", "l_eye", "neck_l", "neck", "ear_r", "r_ear")
    faces, problems = read(tmp_path)
    assert [face.id for face in faces][:3] == ["00009", "00010", "02000"]
    assert faces[3].id.startswith("bea_")
    assert part_path(tmp_path, "2000", "skin").parent.name == "1"
    for face in faces:
        assert [*face.parts] == ["ear_r", "l_eye", "neck", "neck_l", "r_ear", "skin"]
        assert all(path.stem.endswith(f"_{name}") for name, path in face.parts.items())
    assert problems == []


def test_dots_spaces_unicode_and_upper_case_suffixes_are_names_like_others(tmp_path: Path) -> None:
    stems = ["a.b", "a.c", "my photo", "x_nose", unicodedata.normalize("NFC", "Zoë"), "顔"]
    for stem, suffix in zip(stems, (".jpg", ".JPG", ".JPEG", ".png", ".jpeg", ".jpg"), strict=True):
        touch(tmp_path, stem, "skin", suffix=suffix)
    faces, problems = read(tmp_path)
    assert {face.image.stem for face in faces} == set(stems)
    assert len({face.id for face in faces}) == 6 and problems == []
    assert all(face.parts["skin"].stem == f"{face.image.stem}_skin" for face in faces)


@pytest.mark.parametrize(("photo", "mask"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_mask_is_found_whatever_the_spelling_of_accents(tmp_path: Path, photo: str, mask: str) -> None:
    write(tmp_path / FACES / IMAGES / f"{unicodedata.normalize(photo, 'Zoë')}.jpg", b"x")
    write(tmp_path / FACES / MASKS / f"0/{unicodedata.normalize(mask, 'Zoë')}_skin.png", b"x")
    faces, problems = read(tmp_path)
    assert [*faces[0].parts] == ["skin"] and problems == []


def test_masks_may_lie_beside_the_numbered_folders(tmp_path: Path) -> None:
    write(tmp_path / FACES / IMAGES / "3.jpg", b"x")
    write(tmp_path / FACES / MASKS / "00003_skin.PNG", b"x")
    faces, problems = read(tmp_path)
    assert [*faces[0].parts] == ["skin"] and problems == []


def test_files_that_do_not_fit_together_are_named(tmp_path: Path) -> None:
    touch(tmp_path, "0", "skin")
    touch(tmp_path, "5")
    write(part_path(tmp_path, "7", "skin"), b"x")
    write(tmp_path / FACES / MASKS / "1/00000_skin.png", b"x")
    write(tmp_path / FACES / MASKS / "0/00000_glasses.png", b"x")
    write(tmp_path / FACES / IMAGES / "list.txt", b"x")
    write(tmp_path / FACES / IMAGES / ".DS_Store", b"x")
    write(tmp_path / FACES / IMAGES / "more/8.jpg", b"x")
    faces, problems = read(tmp_path)
    assert [face.id for face in faces] == ["00000"]
    assert sorted(problems) == [
        f"{FACES}/{IMAGES}/5.jpg: expected part masks {MASKS}/*/00005_skin.png and others, got no part file",
        f"{FACES}/{IMAGES}/list.txt: expected a picture (.jpeg, .jpg, .png), got another file",
        f"{FACES}/{IMAGES}/more: expected a picture (.jpeg, .jpg, .png), got a folder",
        f"{FACES}/{MASKS}/1/00000_skin.png: expected one file a part, got a second one beside {FACES}/{MASKS}/0/00000_skin.png",
        f"{FACES}/{MASKS}: expected a photograph for each mask, got 1 mask without a photograph (0/00007_skin.png); "
        "name them like the photographs, or remove them",
        f"{FACES}/{MASKS}: expected names that end in a part (…_skin.png), got 1 mask of no known part "
        f"(0/00000_glasses.png); the parts are {', '.join(PARTS)}",
    ]


def test_the_side_car_gives_origin_and_landmarks(tmp_path: Path) -> None:
    touch(tmp_path, "0", "skin")
    touch(tmp_path, "1", "skin")
    row = {
        "file": f"{IMAGES}/1.jpg",
        "split": "test",
        "person": "ada",
        "photo": "ff" * 32,
        "landmarks": '{"nose": [1, 2]}',
    }
    add_sidecar(tmp_path / FACES, row)
    (plain, described), _ = read(tmp_path)
    assert (plain.origin.split, plain.origin.photo, plain.landmarks) == (None, "", {})
    assert plain.origin.licence.startswith("CelebAMask-HQ: non-commercial")
    assert (described.origin.split, described.origin.person, described.origin.photo) == (
        "test",
        "ada",
        "ff" * 32,
    )
    assert described.landmarks == {"nose": (1.0, 2.0)}


def refusal(raw: Path) -> str:
    with pytest.raises(FileNotFoundError) as caught:
        read(raw)
    return str(caught.value)


def test_a_wrong_folder_is_told_from_the_right_one(tmp_path: Path) -> None:
    raw = tmp_path / "up/raw"
    touch(raw, "0", "skin")
    deep, deeper = raw / FACES, raw / FACES / IMAGES
    assert refusal(deep) == f"{deep}: expected a folder that holds {FACES}, got {FACES} itself; give {raw}"
    assert (
        refusal(deeper) == f"{deeper}: expected a folder that holds {FACES}, got {IMAGES} itself; give {raw}"
    )
    (tmp_path / "flat").mkdir()
    shutil.copytree(deep, tmp_path / "flat", dirs_exist_ok=True)
    flat = tmp_path / "flat"
    assert refusal(flat) == (
        f"{flat}: expected a folder that holds {FACES}, got what belongs into it; "
        f"move {IMAGES} and {MASKS} into {flat / FACES} and give {flat}"
    )
    shutil.rmtree(flat)
    assert refusal(tmp_path / "up") == (
        f"{tmp_path}/up: expected {FACES} in it, found it one level deeper; give {raw}"
    )
    assert refusal(tmp_path) == (
        f"{tmp_path}: expected {FACES}/{IMAGES} in it, got no such folder; see docs/raw-data.md"
    )


def test_photographs_without_their_masks_or_none_at_all_are_no_dataset(tmp_path: Path) -> None:
    write(tmp_path / "a" / FACES / IMAGES / "0.jpg", b"x")
    assert refusal(tmp_path / "a").endswith(f"expected {FACES}/{MASKS} in it, got {FACES}/{IMAGES} alone")
    (tmp_path / "b" / FACES / IMAGES).mkdir(parents=True)
    (tmp_path / "b" / FACES / MASKS).mkdir()
    assert refusal(tmp_path / "b").endswith(f"expected photographs in {FACES}/{IMAGES}, got an empty folder")


def test_part_files_are_found_across_folders_and_orphans_of_every_folder_are_named(tmp_path: Path) -> None:
    """What lies where the download has it is looked up folder by folder, the rest by name."""
    for stem in ("1999", "2000", "4001"):
        touch(tmp_path, stem, "skin", "hair")
    write(tmp_path / FACES / MASKS / "own/01999_nose.png", b"x")
    write(tmp_path / FACES / MASKS / "0/02000_nose.png", b"x")
    for stem in ("5", "2001", "9000"):
        write(part_path(tmp_path, stem, "skin"), b"x")
        write(part_path(tmp_path, stem, "hair"), b"x")
    write(tmp_path / FACES / MASKS / "own/09000_nose.png", b"x")
    write(tmp_path / FACES / MASKS / "3/readme.txt", b"x")
    (tmp_path / FACES / MASKS / "3/deeper").mkdir()
    faces, problems = read(tmp_path)
    parts = {face.id: [*face.parts] for face in faces}
    assert parts == {
        "01999": ["hair", "nose", "skin"],
        "02000": ["hair", "nose", "skin"],
        "04001": ["hair", "skin"],
    }
    assert all(path.is_file() for face in faces for path in face.parts.values())
    assert problems == [
        f"{FACES}/{MASKS}/3/deeper: expected a part mask (.jpeg, .jpg, .png, .bmp, .webp), got a folder",
        f"{FACES}/{MASKS}/3/readme.txt: expected a part mask (.jpeg, .jpg, .png, .bmp, .webp), got another file",
        f"{FACES}/{MASKS}: expected a photograph for each mask, got 7 masks without a photograph "
        "(0/00005_hair.png, 0/00005_skin.png, 1/02001_hair.png, …); name them like the photographs, or remove them",
    ]


def test_lists_beside_the_dataset_say_which_part_a_face_belongs_to(tmp_path: Path) -> None:
    for stem in "0123":
        touch(tmp_path, stem, "skin")
    write(tmp_path / "CelebAMask-HQ-WO-train.txt", b"0.jpg\n3.jpg\n")
    write(tmp_path / "CelebAMask-HQ-WO-test.txt", b"1.jpg\n")
    write(tmp_path / "CelebAMask-HQ-O.txt", b"# none\n")
    write(tmp_path / "CelebAMask-HQ-excluded.txt", b"2.jpg\n")
    add_sidecar(tmp_path / FACES, {"file": f"{IMAGES}/3.jpg", "split": "test"})
    faces, problems = read(tmp_path)
    found = [(face.origin.subset, face.origin.split) for face in faces]
    assert found == [("WO", "train"), ("WO", "test"), (None, "excluded"), ("WO", "test")]
    assert len(problems) == 1 and "got another of 1 (3.jpg)" in problems[0]


def test_a_list_that_is_no_text_stops_everything(tmp_path: Path) -> None:
    touch(tmp_path, "0", "skin")
    write(tmp_path / "CelebAMask-HQ-WO-test.txt", b"\xff\xfe0")
    with pytest.raises(ValueError, match=r"CelebAMask-HQ-WO-test\.txt: expected text in UTF-8"):
        check_faces(tmp_path)


def test_memory_does_not_grow_with_the_part_files(tmp_path: Path) -> None:
    """Five folders of 900 masks take no more than one of them."""
    peaks = []
    for folders in (1, 5):
        raw = tmp_path / str(folders)
        for folder in range(folders):
            touch(raw, str(2000 * folder), "skin")
            for number in range(2000 * folder, 2000 * folder + 300):
                for part in ("skin", "nose", "hair"):
                    part_path(raw, str(number), part).touch()
        tracemalloc.start()
        assert len(list(read_faces(raw, lambda problem: None))) == folders
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2.5 * peaks[0], peaks


def test_a_mask_or_a_crop_that_is_no_picture_refuses_its_face(tmp_path: Path) -> None:
    for stem in "0123456789":
        touch(tmp_path, stem, "skin")
    masks, crops = tmp_path / CORRECTED_FOLDER, tmp_path / "FaceOcc/CelebAHQ"
    parts = tmp_path / FACES / MASKS / "0"
    for path in (
        masks / "1.tif",
        masks / "9.png",
        masks / "9.psd",
        parts / "00005_hair.tif",
        crops / "6.bmp",
    ):
        write(path, b"x")
    os.mkfifo(masks / "2.png")
    (masks / "3.png").mkdir()
    (masks / "4.png").symlink_to(tmp_path / "nothing")
    write(parts / "00007_skin.tif", b"x")
    write(crops / "8.webp", b"x")
    write(masks / "8.png", b"x")
    faces, problems = read(tmp_path)
    assert [face.id for face in faces] == ["00000", "00007", "00008", "00009"]
    assert [path.name for face in faces for path in face.corrected] == ["8.png", "9.png"]
    refused = {line.partition(":")[0][-5:-4]: line for line in problems if "a mask that can be read" in line}
    assert sorted(refused) == list("123456")
    assert refused["5"] == (
        f"{FACES}/{IMAGES}/5.jpg: expected a mask that can be read, got {FACES}/{MASKS}/0/00005_hair.tif, which is "
        "none; mend or remove it"
    )


def test_part_masks_of_other_bytes_refuse_the_face_that_they_may_mean(tmp_path: Path) -> None:
    for stem in ("Zoë", "bea"):
        touch(tmp_path, stem, "skin")
    write(tmp_path / FACES / MASKS / "0" / os.fsdecode(b"Zo\xeb_hair.png"), b"x")
    write(tmp_path / FACES / MASKS / os.fsdecode(b"caf\xe9") / "bea_hair.png", b"x")
    touch(tmp_path, "dan", "skin")
    faces, problems = read(tmp_path)
    assert [face.image.stem for face in faces] == ["dan"]
    assert [line.rpartition(" got ")[2][:11] for line in problems[:2]] == ["other bytes"] * 2 and len(
        problems
    ) == 4
