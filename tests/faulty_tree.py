"""A raw tree with one of each thing that matches nothing, beside a sound one."""

from __future__ import annotations

from pathlib import Path

from tests.raw_trees import (
    add_face,
    add_hand,
    add_hand_info,
    add_objects,
    add_occluded,
    add_sidecar,
    add_texture,
    annotation,
    part_path,
    write,
)

CLUTTER = (".DS_Store", "._0.jpg", "Thumbs.db", "desktop.ini", "0.jpg.part", "~$0.docx", "__MACOSX/._0.jpg")


def faulty_tree(raw: Path) -> Path:
    """The tree: sound inputs of each dataset, clutter everywhere, and inputs that match nothing."""
    _faces(raw)
    _hands(raw)
    _objects(raw)
    _textures_and_evaluation(raw)
    for folder in ("", "CelebAMask-HQ/CelebA-HQ-img", "11k-hands_masks", "dtd/images", "dtd/images/pitted"):
        for name in CLUTTER:
            write(raw / folder / name, b"x")
    for name in ("celeba.zip", "COCO/test2017/000000000001.jpg", "RealOcc_wild/image/1.jpg"):
        write(raw / name, b"x")
    return raw


def _faces(raw: Path) -> None:
    add_face(raw, "0")
    write(part_path(raw, "7", "skin"), b"a photograph that is not there")
    write(part_path(raw, "0", "beard"), b"a part that is none")
    write(raw / "CelebAMask-HQ-masks_corrected/9.png", b"a photograph that is not there")
    add_sidecar(raw / "CelebAMask-HQ", {"file": "CelebA-HQ-img/5.jpg", "person": "ada"})
    write(raw / "CelebAMask-HQ-WO-test.txt", b"0\n6\n")


def _hands(raw: Path) -> None:
    for number in (2, 3, 4, 5):
        add_hand(raw, number)
    masks = raw / "11k-hands_masks"
    # Another ending, a suffix, two candidates; then a photograph that is not there.
    (masks / "Hand_0000003.png").rename(masks / "Hand_0000003.bmp")
    (masks / "Hand_0000004.png").rename(masks / "hand_4_mask.png")
    (masks / "Hand_0000005.png").rename(masks / "Hand_5_mask.png")
    write(masks / "Hand_0000005-seg.png", (masks / "Hand_5_mask.png").read_bytes())
    write(masks / "Hand_0000008.png", b"x")
    add_hand_info(raw, [{"imageName": f"Hand_000000{number}.jpg"} for number in (2, 3, 4, 5, 9)])


def _objects(raw: Path) -> None:
    # Image 2 is listed and missing.
    add_objects(raw, [annotation(1), annotation(2, image=2)])
    write(raw / "COCO/sample/000000000077.jpg", (raw / "COCO/sample/000000000001.jpg").read_bytes())


def _textures_and_evaluation(raw: Path) -> None:
    add_texture(raw, "pitted", "pitted_0001.jpg")
    write(raw / "dtd/labels/train1.txt", b"pitted/pitted_0001.jpg\npitted/pitted_0002.jpg\n")
    add_occluded(raw, "1")
    write(raw / "RealOcc/mask/2.png", b"x")
    write(raw / "RealOcc/split/val.txt", b"1\n3\n")
