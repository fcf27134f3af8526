"""COCO's category ids for the names in the catalogue, and ids for kinds that COCO lacks."""

from __future__ import annotations

from assets.demo.catalogue import Catalogue

# name: (id, supercategory), as in instances_val2017.json
COCO = {
    "cup": (47, "kitchen"),
    "bowl": (51, "kitchen"),
    "banana": (52, "food"),
    "apple": (53, "food"),
    "orange": (55, "food"),
    "laptop": (73, "electronic"),
    "remote": (75, "electronic"),
    "cell phone": (77, "electronic"),
    "book": (84, "indoor"),
}
FIRST_OWN_ID = 91


def categories(catalogue: Catalogue) -> list[dict[str, object]]:
    """The COCO categories that occur, then one category for each kind of object that COCO lacks.

    Ids are stable only for the whole catalogue, so pass all of it for every tier.
    """
    custom = sorted({thing.kind for thing in catalogue.objects if thing.coco_category is None})
    rows: list[dict[str, object]] = [
        {"supercategory": group, "id": number, "name": name} for name, (number, group) in COCO.items()
    ]
    return rows + [
        {"supercategory": "natocc", "id": FIRST_OWN_ID + place, "name": name}
        for place, name in enumerate(custom)
    ]
