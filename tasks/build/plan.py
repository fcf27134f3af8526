"""From a recipe and a bank to a deterministic list of shards, or to everything that stands in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec

from assets.bank.reader import Bank, Entry
from manifests.code_identity import RENDER, code_identity
from manifests.lineage import digest, library_versions
from manifests.recipe import OccluderSet, Recipe, RecipeError
from manifests.shard_plan import Machine, NetworkUse, ShardPlan
from natocc.harmonise.statistics import HARMONISERS
from natocc.kinds import kind_named
from natocc.profiles import PROFILES
from tasks.build.choose_harmoniser import choose_network
from tasks.build.selection import pairs_of_one_photo, select_faces, select_occluders, what_is_missing

# What a version says of its bank.
_OF_THE_BANK = ("content_sha256", "files", "counts", "upscaler", "upscaling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A version to be: its name follows from everything that decides its bytes."""

    recipe: Recipe
    overrides: dict[str, object]
    version: str
    bank: dict[str, object]
    shards: tuple[ShardPlan, ...]
    left_out: dict[str, object]
    licences: tuple[str, ...]

    @property
    def network(self) -> NetworkUse | None:
        """The network that harmonises, where one does."""
        return next((shard.network for shard in self.shards if shard.network), None)

    @property
    def samples(self) -> int:
        return sum(len(shard.samples) for shard in self.shards)


def make_plan(
    recipe: Recipe,
    bank: Bank,
    overrides: dict[str, object],
    limit: int | None = None,
    machine: Machine | None = None,
) -> Plan:
    """Expand the recipe over the bank; ``limit`` keeps the first samples of every set.

    Raises RecipeError with all problems: a list or backend that is not there, a set without inputs.
    """
    problems = _backend_problems(recipe, bank)
    network = None
    try:
        network = choose_network(recipe, machine or Machine())
    except (ValueError, FileNotFoundError) as error:
        problems.append(f"recipe > {recipe.name} > harmoniser: {error}")
    if "lift" in overrides and recipe.harmoniser in (None, *HARMONISERS):
        problems.append(f"--lift: expected a network as harmoniser, got {recipe.harmoniser}; leave it out")
    if limit is not None and limit < 1:
        problems.append(f"--limit: expected at least 1 sample of each set, got {limit}")
    shards: list[ShardPlan] = []
    left_out: dict[str, object] = {}
    same_photo: Counter[str] = Counter()
    listed_not_train: Counter[str] = Counter()
    of_unknown_subset: Counter[str] = Counter()
    used: list[Entry] = []
    for one in recipe.sets:
        try:
            selection = select_faces(bank, recipe.split_of(one), recipe.subset_of(one))
        except RecipeError as error:
            problems += [text for text in error.problems if text not in problems]
            continue
        faces = selection.faces
        if recipe.parsing and (lacking := [face.id for face in faces if "parsing.png" not in face.members]):
            text = f"recipe > {recipe.name} > parsing: expected parsing maps in the bank, got none for"
            problems.append(f"{text} {len(lacking)} faces, the first {lacking[0]}; set it to false")
        pool = select_occluders(bank, one.kind, recipe.split_of(one))
        missing = what_is_missing(one.kind, selection, pool)
        if missing and one.optional:
            left_out[one.name] = missing
        elif missing:
            problems.append(f"recipe > {recipe.name} > sets > {one.name}: {missing}")
        else:
            shards += _shards_of(recipe, one, faces, pool, bank, limit, network)
            same_photo[one.name] = pairs_of_one_photo(faces, pool)
            listed_not_train[one.name] = selection.barred
            of_unknown_subset[one.name] = selection.unknown
            used += [*faces, *pool]
    if problems:
        raise RecipeError(problems)
    if not shards:
        raise RecipeError([f"recipe > {recipe.name}: every set is optional and the bank has none of them"])
    left_out["pairs_of_one_photograph"] = {name: count for name, count in same_photo.items() if count}
    left_out["listed_but_test_or_excluded"] = {name: n for name, n in listed_not_train.items() if n}
    if unknown := {name: count for name, count in of_unknown_subset.items() if count}:
        left_out["faces_of_unknown_subset"] = unknown
    return Plan(
        recipe=recipe,
        overrides=overrides,
        version=digest([recipe.model_dump(mode="json"), [shard.cache_key for shard in shards]])[:12],
        bank={key: bank.index.get(key) for key in _OF_THE_BANK},
        shards=tuple(shards),
        left_out=left_out,
        licences=tuple(sorted({entry.licence for entry in used if entry.licence})),
    )


def _backend_problems(recipe: Recipe, bank: Bank) -> list[str]:
    problems = []
    made_with = bank.index.get("upscaler")
    wanted = (recipe.upscaler,) if isinstance(recipe.upscaler, str) else recipe.upscaler
    if wanted and made_with not in wanted:
        problems.append(
            f"recipe > {recipe.name} > upscaler: expected a bank whose objects were upscaled with "
            f"{' or '.join(wanted)}, got {made_with}; prepare it again with --upscaler {','.join(wanted)}, "
            f"or build with --upscaler {made_with}"
        )
    if optional_libraries(recipe) and find_spec("ot") is None:
        problems.append(
            f"recipe > {recipe.name} > transfer_method: expected the package POT for linear, got none; "
            "run pip install -c constraints.txt -e '.[oracles]' or choose table"
        )
    return problems


def optional_libraries(recipe: Recipe, network: NetworkUse | None = None) -> tuple[str, ...]:
    """Packages beyond the core that decide this recipe's bytes."""
    linear = recipe.transfer_method == "linear" and any(one.colour_transfer for one in recipe.sets)
    return (("pot",) if linear else ()) + (("torch",) if network else ())


def _shards_of(
    recipe: Recipe,
    one: OccluderSet,
    faces: Sequence[Entry],
    pool: Sequence[Entry],
    bank: Bank,
    limit: int | None,
    network: NetworkUse | None,
) -> list[ShardPlan]:
    order = [(face.id, repeat) for repeat in range(recipe.repeats_of(one)) for face in faces][:limit]
    by_id = {face.id: face for face in faces}
    profile = replace(PROFILES[recipe.profile], **recipe.naturalness.chosen())  # type: ignore[arg-type]
    if recipe.hidden_ratio:
        profile = replace(profile, hidden_ratio=recipe.hidden_ratio)
    if recipe.targets:
        profile = replace(profile, targets=recipe.target_weights())
    kind = kind_named(one.kind)
    network = network if kind.harmonised else None
    common = {
        "set": one.name,
        "kind": one.kind,
        "split": recipe.split_of(one) if recipe.split_of(one) in ("train", "test", "all") else "list",
        "stream": one.stream or one.name,
        "seed": recipe.seed,
        "profile": profile,
        "size": recipe.size,
        "clean": recipe.clean,
        "parsing": recipe.parsing,
        "colour_transfer": one.colour_transfer,
        "transfer_method": recipe.transfer_method,
        "contrast_guard": recipe.contrast_guard,
        "harmoniser": recipe.harmoniser if kind.harmonised else None,
        "network": network,
        "occluders": tuple(entry.id for entry in pool),
    }
    libraries = library_versions(*optional_libraries(recipe, network))
    code = code_identity(RENDER, network=network is not None)
    pool_digest = digest([entry.facts for entry in pool])
    plans = []
    step = recipe.samples_per_shard
    for number, start in enumerate(range(0, len(order), step)):
        samples = tuple(order[start : start + step])
        plan = ShardPlan(file=f"{one.name}-{number:06d}.tar", samples=samples, **common)  # type: ignore[arg-type]
        content = [by_id[face].facts for face, _ in samples]
        key = digest([asdict(plan), content, pool_digest, code, libraries, asdict(kind)])
        plans.append(replace(plan, cache_key=key))
    return plans
