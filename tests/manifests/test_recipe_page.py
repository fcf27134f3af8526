"""docs/recipes.md is what the models say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from manifests.recipe import Recipe, load_recipe
from manifests.recipes.parts import Naturalness, OccluderSet
from natocc.kinds import KINDS, TARGETS

PAGE = (Path(__file__).parents[2] / "docs/recipes.md").read_text(encoding="utf-8")
SECTIONS = {"the recipe": Recipe, "a set": OccluderSet, "`naturalness`": Naturalness}


def rows(section: str) -> list[list[str]]:
    text = PAGE.partition(f"## Fields of {section}\n")[2].partition("\n## ")[0]
    table = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert all(len(row) == 4 for row in table)
    return table


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if isinstance(field.default, BaseModel):
        return "all none"
    return "none" if field.default is None else f"`{json.dumps(field.default).strip(chr(34))}`"


@pytest.mark.parametrize(("section", "model"), SECTIONS.items(), ids=str)
def test_every_field_has_its_row_with_its_default(section: str, model: type[BaseModel]) -> None:
    assert [(row[0], row[2]) for row in rows(section)] == [
        (f"`{name}`", default_of(field)) for name, field in model.model_fields.items()
    ]


@pytest.mark.parametrize(("section", "model"), SECTIONS.items(), ids=str)
def test_the_choices_of_a_field_are_all_named(section: str, model: type[BaseModel]) -> None:
    more = {"targets": TARGETS, "kind": tuple(KINDS)}
    for row, (name, field) in zip(rows(section), model.model_fields.items(), strict=True):
        given = get_args(field.annotation)
        literal = next((get_args(one) for one in given if get_args(one)), given)
        choices = more.get(name, literal if all(isinstance(one, str) for one in literal) else ())
        assert set(re.findall("`([^`]+)`", row[1])) >= set(choices), name


def test_the_smallest_recipe_is_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)[0], encoding="utf-8")
    assert load_recipe(str(path)).name == "mine"
