from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from manifests.recipe import Recipe, RecipeError, known_recipes, load_recipe

# Table 3: subset, and the sets as (kind, strength of colour transfer).
TABLE_3 = {
    "c-original": ("all", [("none", 0.0)]),
    "c-cm": ("all", [("none", 0.0)]),
    "c-wo": ("WO", [("none", 0.0)]),
    "c-wo-natocc": ("WO", [("hand", 0.0), ("object", 0.0)]),
    "c-wo-natocc-sot": ("WO", [("hand", 1.0), ("object", 0.0)]),
    "c-wo-randocc": ("WO", [("randocc", 0.0), ("randocc", 0.0)]),
    "c-wo-mix": ("WO", [("randocc", 0.0), ("hand", 0.0), ("object", 0.0)]),
}


# What the paper's recipes do and their quick twins do not.
PAPERS = ("residual", 512, "sot", True, False)
QUICK = ("mapping", 256, "table", True, True)
TWINS = ("c-wo-mix", "c-wo-natocc", "c-wo-natocc-sot")


def problems(data: object, tmp_path: Path, **overrides: object) -> list[str]:
    path = tmp_path / "mine.yaml"
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data), "utf-8")
    with pytest.raises(RecipeError) as caught:
        load_recipe(str(path), **overrides)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return [line.replace(str(path), "mine.yaml") for line in caught.value.problems]


def test_the_package_contains_the_sample_and_table_3() -> None:
    named = [name for name in known_recipes() if not name.startswith("study-")]
    assert named == sorted(["sample", *TABLE_3, *(f"{name}-fast" for name in TWINS)])


@pytest.mark.parametrize("name", ["randocc", "natocc", "natocc-sot", "mix"])
def test_a_recipe_of_the_study_has_the_composition_of_the_paper_s(name: str) -> None:
    study, paper = load_recipe(f"study-{name}"), load_recipe(f"c-wo-{name}")
    of_study, of_paper = (
        [(one.kind, one.colour_transfer) for one in recipe.sets] for recipe in (study, paper)
    )
    assert of_study == of_paper and study.profile == paper.profile


def test_the_study_tests_on_faces_and_occluders_of_the_split_test() -> None:
    recipe = load_recipe("study-test")
    assert {recipe.split_of(one) for one in recipe.sets} == {"test"}


@pytest.mark.parametrize("name", sorted(TABLE_3))
def test_a_recipe_of_the_paper_has_table_3s_composition(name: str) -> None:
    recipe = load_recipe(name)
    subset, sets = TABLE_3[name]
    assert recipe.name == name and recipe.profile == "paper" and recipe.size == 1024
    assert [(one.kind, one.colour_transfer) for one in recipe.sets] == sets
    assert {(recipe.split_of(one), recipe.subset_of(one)) for one in recipe.sets} == {("train", subset)}
    assert {recipe.repeats_of(one) for one in recipe.sets} == {1}, "every face once a set"
    assert not any(one.optional for one in recipe.sets)
    with_objects = any(kind == "object" for kind, _ in sets)
    assert (recipe.upscaler, recipe.harmoniser) == (("glean", "rainnet") if with_objects else (None, None))


def switches(recipe: Recipe) -> tuple[object, ...]:
    return (
        recipe.lift,
        recipe.harmoniser_size,
        recipe.transfer_method,
        recipe.algorithm_1,
        recipe.contrast_guard,
    )


@pytest.mark.parametrize("name", TWINS)
def test_a_quick_twin_differs_in_transfer_and_harmonisation_and_says_so(name: str) -> None:
    recipe, fast = load_recipe(name), load_recipe(f"{name}-fast")
    assert (switches(recipe), switches(fast)) == (PAPERS, QUICK)
    own = {"name", "description", "lift", "harmoniser_size", "transfer_method", "contrast_guard"}
    assert recipe.model_dump(exclude=own) == fast.model_dump(exclude=own)
    assert f"Unlike {name}:" in fast.description
    assert ("sot" in fast.description.split(":")[-1]) == any(row.colour_transfer for row in recipe.sets)


@pytest.mark.parametrize("name", sorted(TABLE_3))
def test_a_recipe_of_the_paper_has_no_limit_of_the_hidden_share(name: str) -> None:
    assert load_recipe(name).hidden_ratio is None


def streams(name: str) -> dict[str, str]:
    return {one.name: one.stream or one.name for one in load_recipe(name).sets}


def test_sets_that_the_paper_compares_are_drawn_alike() -> None:
    assert streams("c-wo-natocc")["hand"] == streams("c-wo-natocc-sot")["hand_sot"]
    assert streams("c-wo-natocc")["object"] == streams("c-wo-natocc-sot")["object"]
    assert streams("c-wo-mix").items() >= streams("c-wo-natocc").items()
    assert streams("c-wo-mix")["randocc-1"] == streams("c-wo-randocc")["randocc-1"]
    assert len(set(streams("c-wo-randocc").values())) == 2, "its two sets differ"
    assert {load_recipe(name).seed for name in TABLE_3} == {2}


def test_the_sample_has_everything_on() -> None:
    recipe = load_recipe("sample")
    assert (recipe.profile, recipe.repeats, recipe.samples_per_shard) == ("best", 3, 24)
    assert recipe.clean and recipe.parsing and recipe.harmoniser == "statistics"
    assert {one.kind for one in recipe.sets} == {"randocc", "object", "hand"}
    pair = [one.stream or one.name for one in recipe.sets if one.name in ("hand", "hand_sot")]
    assert len(pair) == 2 and len(set(pair)) == 1, "hands with and without colour transfer are paired"


def test_all_problems_are_told_together_each_with_its_path(tmp_path: Path) -> None:
    wrong = {
        "name": "mine",
        "profile": "fancy",
        "size": 32,
        "seed": -1,
        "hidden_ratio": [0.6, 0.2],
        "colour": "red",
        "sets": [
            {"name": "a", "kind": "object", "colour_transfer": 0.5},
            {"name": "B!", "kind": "glove"},
            {"name": "c", "kind": "hand", "colour_transfer": 2, "repeats": 0},
        ],
    }
    assert problems(wrong, tmp_path) == [
        "recipe > mine > description: Field required",
        "recipe > mine > profile: Input should be 'best', 'paper' or 'code' (got 'fancy')",
        "recipe > mine > seed: Input should be greater than or equal to 0 (got -1)",
        "recipe > mine > size: Input should be greater than or equal to 64 (got 32)",
        "recipe > mine > hidden_ratio: expected low < high, got [0.6, 0.2]",
        "recipe > mine > sets > 0 > colour_transfer: expected 0 for kind object, got 0.5; "
        "only hands take the face's colours",
        "recipe > mine > sets > 1 > name: String should match pattern '^[a-z0-9][a-z0-9_-]*$' (got 'B!')",
        "recipe > mine > sets > 1 > kind: expected one of the kinds randocc, object, hand, none, got 'glove'",
        "recipe > mine > sets > 2 > repeats: Input should be greater than or equal to 1 (got 0)",
        "recipe > mine > sets > 2 > colour_transfer: Input should be less than or equal to 1 (got 2)",
        "recipe > mine > colour: expected a field of docs/recipes.md, got another (got 'red')",
    ]


def small(**fields: object) -> dict[str, object]:
    return {"name": "mine", "description": "Mine.", "sets": [{"name": "a", "kind": "randocc"}]} | fields


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"sise": 512}, "sise: expected a field of docs/recipes.md, such as size, got another (got 512)"),
        (
            {"naturalness": {"lights": True}},
            "naturalness > lights: expected a field of docs/recipes.md, such as light, got another (got True)",
        ),
        (
            {"sets": [{"name": "a", "kind": "hand", "repeat": 2}]},
            "sets > 0 > repeat: expected a field of docs/recipes.md, such as repeats, got another (got 2)",
        ),
    ],
)
def test_an_unknown_field_is_said_with_the_nearest(
    fields: dict[str, object], line: str, tmp_path: Path
) -> None:
    assert problems(small(**fields), tmp_path) == [f"recipe > mine > {line}"]


def test_names_that_would_collide_and_no_sets_at_all(tmp_path: Path) -> None:
    twice = [{"name": "a", "kind": "randocc"}, {"name": "a", "kind": "hand"}]
    assert problems(small(sets=twice), tmp_path) == [
        "recipe > mine > sets: expected another name for every set, got a twice"
    ]
    assert problems(small(sets=[]), tmp_path) == ["recipe > mine > sets: expected at least one set, got none"]


def test_a_set_name_becomes_a_key_and_holds_no_dot(tmp_path: Path) -> None:
    (line,) = problems(small(sets=[{"name": "a.b", "kind": "hand"}]), tmp_path)
    assert line.endswith("(got 'a.b')")


def test_an_unknown_recipe_lists_the_known_ones() -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe("c-wo-everything")
    assert caught.value.problems == [
        "recipe: expected one of c-cm, c-original, c-wo, c-wo-mix, c-wo-mix-fast, c-wo-natocc, c-wo-natocc-fast, "
        "c-wo-natocc-sot, c-wo-natocc-sot-fast, c-wo-randocc, sample, study-mix, study-natocc, "
        "study-natocc-best, study-natocc-sot, study-randocc, study-test, study-wo or a YAML file, got "
        "'c-wo-everything'"
    ]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("- a\n- b\n", "mine.yaml: expected a mapping of fields, got list"),
        ("", "mine.yaml: expected a mapping of fields, got NoneType"),
        ("a: [", "mine.yaml: expected YAML, got a fault in line"),
    ],
)
def test_a_text_that_is_no_recipe_is_an_error(text: str, start: str, tmp_path: Path) -> None:
    (line,) = problems(text, tmp_path)
    assert line.startswith(start)


def test_bytes_that_are_no_text_are_said(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(RecipeError, match="expected text in UTF-8, got another encoding"):
        load_recipe(str(tmp_path / "mine.yaml"))


BOMB = "\n".join(
    ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    + [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise("abcdefghi")]
)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (BOMB, "expected at most 10,000 values, got "),
        ("a: &a [*a]", "expected at most 10,000 values, got "),
        ("a: &a {b: *a}", "expected at most 10,000 values, got "),
        ("a: " + "[" * 5000, "expected YAML, got brackets nested too deep"),
        ("seed: " + "9" * 5000, "expected YAML, got a number or a date that is out of range"),
        ("seed: 2001-99-99", "expected YAML, got a number or a date that is out of range"),
        ("a: " + "x" * (1 << 18), "expected at most 262,144 bytes, got "),
        ("name: \x00", "expected text in UTF-8, got binary data"),
    ],
)
def test_a_bomb_is_refused_at_once(text: str, end: str, tmp_path: Path) -> None:
    (line,) = problems(text, tmp_path)
    assert line.startswith("mine.yaml: ") or "/mine.yaml: " in line
    assert end in line and len(line) < 500


def test_an_alias_used_with_measure_is_fine(tmp_path: Path) -> None:
    sets = "sets: [&a {name: a, kind: hand}, {<<: *a, name: b}]"
    (tmp_path / "mine.yaml").write_text(f"name: mine\ndescription: d\n{sets}\n")
    assert [row.name for row in load_recipe(str(tmp_path / "mine.yaml")).sets] == ["a", "b"]


@pytest.mark.parametrize(("kind", "make"), [("a named pipe", os.mkfifo), ("a folder", os.mkdir)])
def test_what_is_no_file_is_no_recipe(kind: str, make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "mine.yaml")
    with pytest.raises(RecipeError, match=f"mine.yaml: expected a regular file, got {kind}"):
        load_recipe(str(tmp_path / "mine.yaml"))


def test_a_name_has_at_most_64_signs(tmp_path: Path) -> None:
    own = {"name": "s" * 65, "kind": "hand", "stream": "t" * 65}
    assert [line.partition(" (got")[0] for line in problems(small(name="n" * 65, sets=[own]), tmp_path)] == [
        f"recipe > {'n' * 65} > name: String should have at most 64 characters",
        f"recipe > {'n' * 65} > sets > 0 > name: String should have at most 64 characters",
        f"recipe > {'n' * 65} > sets > 0 > stream: String should have at most 64 characters",
    ]


def test_values_in_messages_are_one_line_and_cut(tmp_path: Path) -> None:
    lines = problems(small(profile="p\x1b[2J\n" * 900), tmp_path)
    assert len(lines) == 1 and r"p\x1b[2J" in lines[0]
    assert lines[0].isprintable() and len(lines[0]) < 500


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    (line,) = problems("name: !!python/object/apply:os.getcwd []", tmp_path)
    assert "no text, number, list or mapping in line 1, column 7" in line


def test_options_replace_fields_and_are_checked_too(tmp_path: Path) -> None:
    recipe = load_recipe("c-wo-natocc", split="all", upscaler="lanczos", harmoniser=None, seed=0)
    assert (recipe.split, recipe.upscaler, recipe.harmoniser, recipe.seed) == ("all", "lanczos", "rainnet", 0)
    assert problems(small(), tmp_path, size=10) == [
        "recipe > mine > size: Input should be greater than or equal to 64 (got 10)"
    ]


def test_a_set_may_have_its_own_split_subset_and_repeats(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    own = {"name": "b", "kind": "hand", "split": "test", "subset": "O", "repeats": 7}
    path.write_text(yaml.safe_dump(small(sets=[{"name": "a", "kind": "hand"}, own], repeats=2, subset="WO")))
    recipe = load_recipe(str(path))
    assert isinstance(recipe, Recipe)
    made = [(recipe.split_of(one), recipe.subset_of(one), recipe.repeats_of(one)) for one in recipe.sets]
    assert made == [("train", "WO", 2), ("test", "O", 7)]


def test_an_unknown_subset_is_said(tmp_path: Path) -> None:
    assert problems(small(subset="wo"), tmp_path) == [
        "recipe > mine > subset: Input should be 'WO', 'O' or 'all' (got 'wo')"
    ]


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (
            {"cheek": 1, "ear": 1, "hat": 2},
            "expected targets among face, cheek, mouth, eyes, forehead, chin, got ear, hat",
        ),
        ({}, "expected targets among face, cheek, mouth, eyes, forehead, chin, got none"),
        ({"mouth": 0}, "expected weights above 0, got {'mouth': 0.0}; leave out what is not wanted"),
    ],
)
def test_targets_are_known_parts_with_weights(
    targets: dict[str, float], message: str, tmp_path: Path
) -> None:
    recipe = {"name": "mine", "description": "Mine.", "sets": [{"name": "one", "kind": "hand"}]}
    assert problems(recipe | {"targets": targets}, tmp_path) == [f"recipe > mine > targets: {message}"]


@pytest.mark.parametrize(
    "fields",
    [
        {"seed": True},
        {"size": True},
        {"repeats": True},
        {"samples_per_shard": True},
        {"harmoniser_size": True},
        {"max_failed": True},
        {"max_rejected": True},
        {"hidden_ratio": [0, True]},
        {"targets": {"mouth": True}},
        {"sets": [{"name": "a", "kind": "hand", "repeats": True}]},
        {"sets": [{"name": "a", "kind": "hand", "colour_transfer": True}]},
    ],
    ids=str,
)
def test_a_truth_value_is_no_number(fields: dict[str, object], tmp_path: Path) -> None:
    (line,) = problems(small(**fields), tmp_path)
    assert line.startswith(f"recipe > mine > {next(iter(fields))}")
    assert line.endswith(": expected a number, got true (yes, no, on and off are truth values)")


def test_a_number_in_another_base_is_refused_by_field(tmp_path: Path) -> None:
    (line,) = problems("name: mine\nseed: 010\n", tmp_path)
    assert line.startswith("mine.yaml: seed: expected a number in decimal, got 010 in line 2")
