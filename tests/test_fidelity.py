"""The values in docs/fidelity.md are those of the code."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from manifests.recipe import load_recipe
from natocc.profiles import PROFILES, Profile

PAGE = (Path(__file__).parents[1] / "docs/fidelity.md").read_text(encoding="utf-8")


def table(title: str) -> list[dict[str, str]]:
    """The rows of the table under a heading, by the heads of its columns."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    head, _, *rows = (line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|")
    assert rows and all(len(row) == len(head) for row in rows), title
    return [dict(zip(head, row, strict=True)) for row in rows]


def shown(value: object) -> str:
    """A value as the page writes it."""
    if value is None or (isinstance(value, tuple) and not value):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, np.ndarray):
        return "x".join(map(str, value.shape))
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        texts = [shown(part) for part in value]
        return " to ".join(texts) if len(texts) == 2 else ", ".join(texts)
    return f"{value:g}"


def constant(place: str) -> Any:
    """The value at ``module:NAME``, or the default of ``module:function(parameter)``."""
    module, _, name = place.partition(":")
    if match := re.fullmatch(r"(\w+)\((\w+)\)", name):
        function = getattr(import_module(module), match[1])
        return inspect.signature(function).parameters[match[2]].default
    return getattr(import_module(module), name)


def test_every_constant_of_a_profile_has_its_row_and_values() -> None:
    rows = {row["constant"].strip("`"): row for row in table("Constants of a profile")}
    assert rows.keys() == {field.name for field in fields(Profile)} - {"name"}
    for name, row in rows.items():
        for profile in PROFILES.values():
            assert row[f"`{profile.name}`"] == shown(getattr(profile, name)), (profile.name, name)


@pytest.mark.parametrize("title", ["Constants of all profiles", "Data and counts"])
def test_other_constants_are_those_of_their_modules(title: str) -> None:
    for row in table(title):
        place = row["constant"].strip("`")
        value = constant(place)
        # A kernel's size.
        text = "x".join(map(str, value)) if place.endswith("_SOFTEN") else shown(value)
        assert row["value"] == text, place


def test_what_a_recipe_decides_is_what_it_says() -> None:
    for row in table("What a recipe decides"):
        field = row["field"].strip("`")
        for name in ("c-wo-natocc-sot", "c-wo-natocc-sot-fast", "sample"):
            assert row[f"`{name}`"] == shown(getattr(load_recipe(name), field)), (name, field)


def test_the_paper_s_partition_does_not_add_up() -> None:
    (row,) = (row for row in table("Where the paper contradicts itself") if "30,002" in row["it says"])
    *parts, total = (int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", row["it says"]))
    assert sum(parts) == total == 30_002
