"""Make a deterministic list of shards from a recipe and a bank, or report all problems of the recipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain

from assets.bank.reader import Bank, Entry
from manifests.code_identity import render_identity
from manifests.lineage import digest
from manifests.recipe import Recipe, RecipeError
from manifests.recipes.parts import OccluderSet
from manifests.shard_plan import NetworkUse, ShardPlan
from natocc.harmonise.statistics import HARMONISERS
from natocc.machine import Machine
from shards.tar import MOST_NAME
from tasks.build.choose_harmoniser import ChosenNetwork, choose_network
from tasks.build.choose_transport import choose_transfer_device
from tasks.build.expand import SetInputs, SetPlan, optional_libraries
from tasks.build.selection import (
    missing_labels,
    pairs_of_one_photo,
    select_faces,
    select_occluders,
    what_is_missing,
)

# Dashes, repeat and the longest extension of a sample's member, hand-00007-000.parsing.png.
_REST_OF_NAME = len("--0000.parsing.png")
_MOST_SAMPLES = 10**9
# A version's record of its bank.
_BANK_FIELDS = ("content_sha256", "files", "counts", "masks", "upscaler", "upscaling", "policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A version to build. Its name follows from everything that determines its bytes.

    Shards are planned when they are asked for: an unchanged version needs none.
    """

    recipe: Recipe
    overrides: dict[str, object]
    version: str
    # The hash of the rendering source code.
    code: str
    bank: dict[str, object]
    sets: tuple[SetPlan, ...]
    left_out: dict[str, object]
    licences: tuple[str, ...]
    # A version that this one replaces.
    instead_of: str | None = None

    @property
    def network(self) -> NetworkUse | None:
        """The harmonising network, if any."""
        return next((planned.network for planned in self.sets if planned.network), None)

    @property
    def transfer_device(self) -> str | None:
        """The device on which torch moves colours, if it does."""
        return next((planned.transfer_device for planned in self.sets if planned.transfer_device), None)

    @property
    def entries(self) -> Iterator[Entry]:
        """All faces and occluders that samples may be made of, by set."""
        return chain.from_iterable(planned.entries for planned in self.sets)

    @property
    def samples(self) -> int:
        return sum(planned.samples for planned in self.sets)

    @property
    def shards(self) -> tuple[ShardPlan, ...]:
        return tuple(shard for planned in self.sets for shard in planned.shards)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ExpandedSet:
    """One set over the bank: its plan, or the reason why it has none."""

    name: str
    problems: tuple[str, ...] = ()
    # The missing inputs of an optional set.
    absent: str = ""
    plan: SetPlan | None = None
    used: tuple[Entry, ...] = ()
    # Pairs and faces left out of the set.
    same_photo: int = 0
    excluded_by_split: int = 0
    unknown_subset: int = 0


def make_plan(
    recipe: Recipe,
    bank: Bank,
    overrides: dict[str, object],
    limit: int | None = None,
    machine: Machine | None = None,
) -> Plan:
    """Expand the recipe over the bank; ``limit`` keeps the first samples of every set.

    Raises RecipeError with all problems: a missing list or backend, a set without inputs.
    """
    problems = [*_upscaler_problems(recipe, bank), *_transfer_problems(recipe)]
    network, transfer_device = None, None
    try:
        network = choose_network(recipe, machine or Machine())
    except (ValueError, FileNotFoundError) as error:
        problems.append(f"recipe > {recipe.name} > harmoniser: {error}")
    try:
        transfer_device = choose_transfer_device(recipe, machine or Machine())
    except ValueError as error:
        problems.append(f"recipe > {recipe.name} > transfer_method: {error}")
    problems += _option_problems(recipe, overrides, limit)
    sets = [
        _expand(recipe, row, bank, limit=limit, network=network, transfer_device=transfer_device)
        for row in recipe.sets
    ]
    # Sets of one split share its problems.
    problems += dict.fromkeys(text for expanded in sets for text in expanded.problems)
    if problems:
        raise RecipeError(problems)
    planned = tuple(expanded.plan for expanded in sets if expanded.plan)
    if not planned:
        raise RecipeError([f"recipe > {recipe.name}: every set is optional and the bank has none of them"])
    _check_size(recipe, planned)
    used = network if any(row.network for row in planned) else None
    licences = {entry.licence for expanded in sets for entry in expanded.used}
    return Plan(
        recipe=recipe,
        overrides=overrides,
        version=digest([recipe.model_dump(mode="json"), [row.sha256 for row in planned]])[:12],
        code=render_identity(
            used.architecture if used else None, transport=any(row.transfer_device for row in planned)
        ),
        bank={name: bank.index.get(name) for name in _BANK_FIELDS},
        sets=planned,
        left_out=_left_out(sets),
        licences=tuple(sorted(licences - {""})),
    )


def _check_size(recipe: Recipe, planned: Sequence[SetPlan]) -> None:
    """Raise RecipeError for more samples than a version may have."""
    samples = sum(row.samples for row in planned)
    if samples > _MOST_SAMPLES:
        problem = (
            f"recipe > {recipe.name}: expected at most {_MOST_SAMPLES:,} samples, got {samples:,}; lower its "
            "repeats, or build the first of each set with --limit"
        )
        raise RecipeError([problem])


def _upscaler_problems(recipe: Recipe, bank: Bank) -> list[str]:
    made_with = bank.index.get("upscaler")
    wanted = (recipe.upscaler,) if isinstance(recipe.upscaler, str) else recipe.upscaler
    if not wanted or made_with in wanted:
        return []
    return [
        f"recipe > {recipe.name} > upscaler: expected a bank whose objects were upscaled with "
        f"{' or '.join(wanted)}, got {made_with}; prepare it again with --upscaler {','.join(wanted)}, "
        f"or build with --upscaler {made_with}"
    ]


def _transfer_problems(recipe: Recipe) -> list[str]:
    if not optional_libraries(recipe) or find_spec("ot") is not None:
        return []
    return [
        f"recipe > {recipe.name} > transfer_method: expected the package POT for linear, got none; "
        "run pip install -c constraints.txt -e '.[oracles]' or choose table"
    ]


def _option_problems(recipe: Recipe, overrides: dict[str, object], limit: int | None) -> list[str]:
    problems = []
    if "lift" in overrides and recipe.harmoniser in (None, *HARMONISERS):
        problems.append(f"--lift: expected a network as harmoniser, got {recipe.harmoniser}; leave it out")
    if limit is not None and limit < 1:
        problems.append(f"--limit: expected at least 1 sample of each set, got {limit}")
    return problems


def _expand(
    recipe: Recipe,
    occluder_set: OccluderSet,
    bank: Bank,
    *,
    limit: int | None,
    network: ChosenNetwork | None,
    transfer_device: str | None,
) -> _ExpandedSet:
    name, split = occluder_set.name, recipe.split_of(occluder_set)
    try:
        selection = select_faces(bank, split, recipe.subset_of(occluder_set))
    except RecipeError as error:
        return _ExpandedSet(name=name, problems=tuple(error.problems))
    problems = (*missing_labels(recipe, bank, selection.faces), *_key_problems(recipe, name, selection.faces))
    occluders = select_occluders(bank, occluder_set.kind, split)
    missing = what_is_missing(bank, occluder_set.kind, split, selection, occluders)
    if missing and occluder_set.optional:
        return _ExpandedSet(name=name, problems=problems, absent=missing)
    if missing:
        path = f"recipe > {recipe.name} > sets > {name}"
        return _ExpandedSet(name=name, problems=(*problems, f"{path}: {missing}"))
    inputs = SetInputs(faces=selection.faces, occluders=occluders)
    return _ExpandedSet(
        name=name,
        problems=problems,
        plan=SetPlan(
            recipe, occluder_set, inputs, limit=limit, network=network, transfer_device=transfer_device
        ),
        used=(*selection.faces, *occluders),
        same_photo=pairs_of_one_photo(selection.faces, occluders),
        excluded_by_split=selection.excluded_by_split,
        unknown_subset=selection.unknown,
    )


def _key_problems(recipe: Recipe, name: str, faces: Sequence[Entry]) -> tuple[str, ...]:
    """The problem of a name that makes a sample's name in the tar too long."""
    longest = max((face.id for face in faces), key=len, default="")
    excess = len(name) + len(longest) + _REST_OF_NAME - MOST_NAME
    if excess <= 0:
        return ()
    return (
        f"recipe > {recipe.name} > sets > {name}: expected a name of at most {len(name) - excess} characters "
        f"for samples of faces such as {longest}, got {len(name)}; choose a shorter one",
    )


def _left_out(sets: Sequence[_ExpandedSet]) -> dict[str, object]:
    """The fields of ``dataset.json`` on omitted sets, pairs and faces."""
    same_photo = {row.name: row.same_photo for row in sets if row.same_photo}
    excluded = {row.name: row.excluded_by_split for row in sets if row.excluded_by_split}
    unknown = {row.name: row.unknown_subset for row in sets if row.unknown_subset}
    left_out: dict[str, object] = {row.name: row.absent for row in sets if row.absent}
    left_out["pairs_of_one_photograph"] = same_photo
    left_out["listed_but_test_or_excluded"] = excluded
    return left_out | ({"faces_of_unknown_subset": unknown} if unknown else {})
