from __future__ import annotations

from dataclasses import replace

from assets.demo.catalogue import Catalogue, load_catalogue
from assets.demo.splits import photo_splits
from assets.demo.tiers import packages_of


def test_no_person_and_no_photograph_is_on_both_sides() -> None:
    catalogue = load_catalogue()
    splits = photo_splits(catalogue)
    sides: dict[str, set[str]] = {}
    for face in catalogue.faces:
        sides.setdefault(face.person, set()).add(splits[face.source.photo])
    assert all(len(side) == 1 for side in sides.values())


def test_nothing_from_a_photograph_with_an_occluded_face_is_used_in_training() -> None:
    catalogue = load_catalogue()
    splits = photo_splits(catalogue)
    occluded = {face.source.photo for face in catalogue.faces if face.group == "occluded"}
    shared = [item for item in catalogue.items() if item.source.photo in occluded]
    assert len(shared) > len(occluded), "hands and clean faces share such photographs"
    assert {splits[item.source.photo] for item in shared} == {"test"}


def test_a_person_carries_the_split_to_other_photographs() -> None:
    catalogue = load_catalogue()
    occluded = next(face for face in catalogue.faces if face.group == "occluded")
    elsewhere = next(face for face in catalogue.faces if face.source.photo != occluded.source.photo)
    same = replace(elsewhere, person=occluded.person)
    joined = Catalogue(faces=(occluded, same), hands=(), objects=(), textures=())
    assert photo_splits(joined)[same.source.photo] == "test"


def test_each_tier_has_clean_faces_to_train_and_to_test_on() -> None:
    catalogue = load_catalogue()
    splits = photo_splits(catalogue)
    for tier, trains in (("pypi", 5), ("small", 15), ("full", 25)):
        chosen = catalogue.within(frozenset(packages_of(tier, catalogue)))
        sides = [splits[face.source.photo] for face in chosen.faces if face.group == "unoccluded"]
        assert sides.count("train") >= trains
        assert sides.count("test") >= 2


def test_some_occluders_without_a_face_are_held_out() -> None:
    catalogue = load_catalogue()
    splits = photo_splits(catalogue)
    assert splits[next(t for t in catalogue.objects if t.name == "coffee_espresso").source.photo] == "train"
    for pictures in (catalogue.objects, catalogue.textures):
        held_out = sum(splits[picture.source.photo] == "test" for picture in pictures)
        assert 0.08 < held_out / len(pictures) < 0.25
