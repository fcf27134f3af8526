from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from manifests.mixtures.mixture import (
    Mixture,
    MixtureError,
    MixturePart,
    known_mixtures,
    label_problems,
    load_mixture,
    load_parts,
)

# Table 4: the parts and their quantities.
TABLE_4 = {
    "c-original": {"c-original": 29_200},
    "c-cm": {"c-cm": 29_200},
    "c-wo": {"c-wo": 24_602},
    "c-wo-with-natocc": {"c-wo": 24_602, "c-wo-natocc": 49_204},
    "c-wo-with-natocc-sot": {"c-wo": 24_602, "c-wo-natocc-sot": 49_204},
    "c-wo-with-randocc": {"c-wo": 24_602, "c-wo-randocc": 49_204},
    "c-wo-with-mix": {"c-wo": 24_602, "c-wo-mix": 73_806},
    "c-cm-with-natocc": {"c-cm": 29_200, "c-wo-natocc": 49_204},
    "c-cm-with-natocc-sot": {"c-cm": 29_200, "c-wo-natocc-sot": 49_204},
}


def test_the_nine_mixtures_of_table_4_come_along() -> None:
    assert known_mixtures() == sorted(TABLE_4)


@pytest.mark.parametrize("name", TABLE_4)
def test_a_mixture_has_the_parts_and_counts_of_its_row(name: str) -> None:
    mixture = load_mixture(name)
    assert mixture.name == name and mixture.description.startswith("Table 4, ")
    assert {part.recipe: part.paper for part in mixture.parts} == TABLE_4[name]
    assert {part.weight for part in mixture.parts} == {1.0}, "every sample once"
    recipes = load_parts(mixture)
    assert [recipe.name for recipe in recipes] == list(TABLE_4[name])
    for recipe, part in zip(recipes, mixture.parts, strict=True):
        passes = sum(recipe.repeats_of(row) for row in recipe.sets)
        assert part.paper == passes * (24_602 if recipe.subset == "WO" else 29_200)


def mixture_of(*parts: dict[str, object], **fields: object) -> dict[str, object]:
    return {"name": "mine", "description": "Mine.", "parts": list(parts)} | fields


def problems(data: dict[str, object], tmp_path: Path) -> list[str]:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    with pytest.raises(MixtureError) as caught:
        load_parts(load_mixture(str(path)))
    return caught.value.problems


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (mixture_of(), "parts: expected at least one part, got none"),
        (
            mixture_of({"recipe": "c-wo", "weight": 0}),
            "parts > 0 > weight: Input should be greater than 0 (got 0)",
        ),
        (
            mixture_of({"recipe": "c-wo", "weight": 1e308}),
            "parts > 0 > weight: Input should be less than or equal to 1000000 (got 1e+308)",
        ),
        (
            mixture_of({"recipe": "c-wo", "weight": -1.5}),
            "parts > 0 > weight: Input should be greater than 0 (got -1.5)",
        ),
        (
            mixture_of({"recipe": "c-wo", "weight": True}),
            "parts > 0 > weight: expected a number, got true (yes, no, on and off are truth values)",
        ),
        (
            mixture_of({"recipe": "c-wo", "weigth": 2}),
            "parts > 0 > weigth: expected a field of docs/mixtures.md, such as weight, got another (got 2)",
        ),
        (
            mixture_of({"recipe": "c-wo"}, {"recipe": "c-cm"}, {"recipe": "c-wo", "weight": 2}),
            "parts: expected every recipe once, got c-wo 2 times; raise its weight instead",
        ),
    ],
    ids=str,
)
def test_a_wrong_mixture_is_said_in_one_line(data: dict[str, object], line: str, tmp_path: Path) -> None:
    assert problems(data, tmp_path) == [f"mixture > mine > {line}"]


def test_every_unknown_recipe_is_said(tmp_path: Path) -> None:
    lines = problems(mixture_of({"recipe": "c-w"}, {"recipe": "c-wo"}, {"recipe": "no.yaml"}), tmp_path)
    assert [line.partition(": expected")[0] for line in lines] == [
        "mixture > mine > parts > 0 > recipe",
        "mixture > mine > parts > 2 > recipe",
    ]
    assert lines[0].endswith("study-wo or a YAML file, got 'c-w'")


def test_a_recipe_s_file_of_a_known_name_is_the_same_dataset(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("name: c-wo\ndescription: d\nsets: [{name: wo, kind: none}]\n", "utf-8")
    (line,) = problems(mixture_of({"recipe": "c-wo"}, {"recipe": str(other)}), tmp_path)
    assert line.startswith("mixture > mine > parts: expected every recipe once, got c-wo 2 times")


def test_labels_differ_only_where_the_name_says_so() -> None:
    labels = [("c-original", "policy"), ("c-wo", "corrected")]
    mine = Mixture(name="mine", description="", parts=({"recipe": "c-wo"},))  # type: ignore[arg-type]
    assert label_problems(mine, labels) == [
        "mixture > mine > parts: expected labels of one kind, got policy of c-original, corrected of c-wo; "
        "leave one out, or end the mixture's name with -mixed-labels"
    ]
    said = mine.model_copy(update={"name": "mine-mixed-labels"})
    assert said.mixes_labels and label_problems(said, labels) == []
    assert label_problems(mine, [(name, "policy") for name, _ in labels]) == []


def test_original_and_corrected_labels_are_no_mixture(tmp_path: Path) -> None:
    (line,) = problems(mixture_of({"recipe": "c-original"}, {"recipe": "c-wo"}), tmp_path)
    assert "got policy of c-original, corrected of c-wo; leave one out" in line


def test_an_unknown_mixture_lists_the_known_ones() -> None:
    with pytest.raises(MixtureError) as caught:
        load_mixture("c-wo+mix")
    assert caught.value.problems == [
        f"mixture: expected one of {', '.join(sorted(TABLE_4))} or a YAML file, got 'c-wo+mix'"
    ]


PAGE = (Path(__file__).parents[3] / "docs/mixtures.md").read_text(encoding="utf-8")


def test_the_page_lists_the_mixtures_and_the_fields() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    mixtures = {row[0].strip("`"): row[2:] for row in rows[: len(TABLE_4)]}
    assert mixtures == {
        name: [", ".join(f"`{part}`" for part in parts), " + ".join(f"{count:,}" for count in parts.values())]
        for name, parts in TABLE_4.items()
    }
    fields = [row[0].strip("`") for row in rows[len(TABLE_4) :]]
    assert fields == [*Mixture.model_fields, *MixturePart.model_fields]
