"""Banks in memory, and the changes that are measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from assets.bank.reader import Bank, Entry
from assets.bank.writer import BankWriter
from manifests.recipe import load_recipe
from natocc.codecs import decode_plane, decode_rgb, encode_jpeg, encode_png
from natocc.kinds import ENTRY_KINDS
from natocc.occluders.bank_files import BANK_INDEX

Fields = dict[str, Any]
Members = dict[str, bytes]


@dataclass
class Content:
    """Entries of a bank with their members."""

    entries: list[tuple[Entry, Members]]
    upscaler: str

    @classmethod
    def of(cls, bank: Bank) -> Content:
        entries = [(entry, bank.read(entry)) for kind in ENTRY_KINDS for entry in bank.entries(kind)]
        return cls(entries, str(bank.index["upscaler"]))

    def copy(self) -> Content:
        return Content(list(self.entries), self.upscaler)

    def places(self, kind: str, split: str = "train") -> list[int]:
        return [
            place
            for place, (entry, _) in enumerate(self.entries)
            if (entry.kind, entry.split) == (kind, split)
        ]

    def recipe(self, path: Path, fields: Fields) -> Path:
        """Write the recipe ``sample`` with other fields."""
        path.write_text(yaml.safe_dump(load_recipe("sample").model_dump(mode="json") | fields))
        return path


def fill_up(content: Content, count: int) -> Content:
    """Training faces with their copies, ``count`` in all. Copies differ in brightness."""
    faces = [content.entries[place] for place in content.places("face")]
    others = [one for one in content.entries if one[0].kind != "face" or one[0].split != "train"]
    filled = []
    for number in range(count):
        entry, members = faces[number % len(faces)]
        turn = number // len(faces)
        if turn:
            factor = 1 + 0.06 * (-1) ** turn * ((turn + 1) // 2)
            rgb = np.clip(decode_rgb(members["jpg"]) * factor, 0, 255).astype(np.uint8)
            name = f"{entry.id}_{turn}"
            entry = replace(entry, id=name, photo=f"photo {name}", person=f"person {name}")
            members = members | {"jpg": encode_jpeg(rgb)}
        filled.append((entry, members))
    return Content(
        sorted(filled + others, key=lambda one: (ENTRY_KINDS.index(one[0].kind), one[0].id)), content.upscaler
    )


def write(content: Content, folder: Path) -> str:
    """Write the bank, unless it lies there; returns its URL."""
    if not (folder / BANK_INDEX).exists():
        writer = BankWriter(str(folder))
        for entry, members in content.entries:
            writer.add(entry, members)
        writer.close(upscaler=content.upscaler)
    return str(folder)


def nothing(content: Content, fields: Fields) -> None:
    """Nothing changes."""


def correct_a_mask(content: Content, fields: Fields) -> None:
    """The forehead of one face leaves its mask."""
    place = content.places("face")[7]
    entry, members = content.entries[place]
    mask = decode_plane(members["mask.png"]).copy()
    rows = np.flatnonzero(mask.any(1))
    mask[: rows[0] + len(rows) // 5] = 0
    content.entries[place] = entry, members | {"mask.png": encode_png(mask)}


def add_a_hand(content: Content, fields: Fields) -> None:
    """A copy of a hand under another id, of another photograph."""
    entry, members = content.entries[content.places("hand")[0]]
    content.entries.append((replace(entry, id="hand_more", photo="another", person="another"), members))


def remove_an_object(content: Content, fields: Fields) -> None:
    del content.entries[content.places("object")[3]]


def withdraw_a_person(content: Content, fields: Fields) -> None:
    del content.entries[content.places("face")[11]]


def change_a_field_of_one_set(content: Content, fields: Fields) -> None:
    sets = load_recipe("sample").model_dump(mode="json")["sets"]
    fields["sets"] = [row | ({"colour_transfer": 0.8} if row["name"] == "hand_sot" else {}) for row in sets]


def add_a_set(content: Content, fields: Fields) -> None:
    sets = load_recipe("sample").model_dump(mode="json")["sets"]
    fields["sets"] = [*sets, {"name": "plain", "kind": "none"}]


CHANGES: tuple[tuple[str, Callable[[Content, Fields], None]], ...] = (
    ("nothing", nothing),
    ("one corrected mask", correct_a_mask),
    ("one hand added", add_a_hand),
    ("one object removed", remove_an_object),
    ("one person withdrawn", withdraw_a_person),
    ("one field of one set", change_a_field_of_one_set),
    ("one new set", add_a_set),
)
