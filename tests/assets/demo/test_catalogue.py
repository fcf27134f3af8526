from __future__ import annotations

import re

import numpy as np

from assets.demo.catalogue import DEMO_MASKS, DEMO_PARTS, DEMO_ROOT, VISIBLE, load_catalogue, load_meshes
from assets.demo.pixels import annotation_mask

ALWAYS = set(DEMO_PARTS) - {"mouth", "hair"}


def test_every_source_is_named_and_hashed() -> None:
    for item in load_catalogue().items():
        assert re.fullmatch(r"[0-9a-f]{64}", item.source.sha256), item
        assert item.source.path and item.source.licence and item.source.package.version, item


def test_ids_and_files_are_unique() -> None:
    catalogue = load_catalogue()
    for group in (catalogue.faces, catalogue.hands, catalogue.objects, catalogue.textures):
        ids = [item.id for item in group]
        assert ids == sorted(set(ids))
    names = [(texture.texture_class, texture.number) for texture in catalogue.textures]
    assert len(names) == len(set(names))


def test_clean_faces_have_their_parts_within_the_skin() -> None:
    for face in load_catalogue().faces:
        if face.group != "unoccluded":
            continue
        present = {
            part for part in DEMO_PARTS if (DEMO_ROOT / DEMO_MASKS / f"{face.id:05d}_{part}.png").is_file()
        }
        assert present >= ALWAYS, face.id
        skin = annotation_mask(f"{DEMO_MASKS}/{face.id:05d}_skin.png")
        for part in present:
            mask = annotation_mask(f"{DEMO_MASKS}/{face.id:05d}_{part}.png")
            assert mask.shape == (512, 512)
            assert set(np.unique(mask)) == {0, 255}, (face.id, part)
            inside = mask[skin == 0].any()
            assert part == "hair" or not inside, (face.id, part)
            assert part != "hair" or not mask[skin > 0].any(), (face.id, part)


def test_occluded_faces_have_a_visible_mask_and_no_parts() -> None:
    faces = [face for face in load_catalogue().faces if face.group == "occluded"]
    assert len(faces) == 9
    for face in faces:
        visible = annotation_mask(f"{VISIBLE}/{face.id:05d}.png")
        assert visible.shape == (512, 512)
        assert set(np.unique(visible)) == {0, 255}
        assert not list((DEMO_ROOT / DEMO_MASKS).glob(f"{face.id:05d}_*.png"))


def test_no_mask_lies_about_unused() -> None:
    catalogue = load_catalogue()
    masks = {hand.mask for hand in catalogue.hands} | {thing.mask for thing in catalogue.objects}
    for folder in ("hand_masks", "object_masks"):
        for path in (DEMO_ROOT / folder).glob("*.png"):
            assert f"{folder}/{path.name}" in masks


def test_hand_and_object_masks_fit_their_crops() -> None:
    catalogue = load_catalogue()
    for hand in catalogue.hands:
        x0, y0, x1, y1 = hand.crop
        assert annotation_mask(hand.mask).shape == ((y1 - y0) * hand.scale, (x1 - x0) * hand.scale)
    for thing in catalogue.objects:
        assert (thing.mask is None) == (thing.crop is None)
        if thing.mask and thing.crop:
            x0, y0, x1, y1 = thing.crop
            mask = annotation_mask(thing.mask)
            assert mask.shape == (y1 - y0, x1 - x0), thing.name
            assert set(np.unique(mask)) in ({0, 255}, {255}), thing.name


def test_landmarks_lie_on_the_image_side_that_they_name() -> None:
    for face in load_catalogue().faces:
        assert set(face.landmarks) == {"left_eye", "right_eye", "nose", "mouth_left", "mouth_right", "chin"}
        assert face.landmarks["left_eye"][0] < face.landmarks["right_eye"][0]
        assert face.landmarks["mouth_left"][0] < face.landmarks["mouth_right"][0]
        assert len(load_meshes()[face.id]) == 468


def test_annotations_stay_small() -> None:
    assert sum(path.stat().st_size for path in DEMO_ROOT.rglob("*.*")) < 2_500_000
    assert not list(DEMO_ROOT.rglob("*.jp*g")), "no photograph is committed"
