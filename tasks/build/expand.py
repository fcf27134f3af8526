"""A set of a recipe, with its faces and occluders, as plans of shards with their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from assets.bank.reader import Entry
from manifests.code_identity import render_identity
from manifests.lineage import digest, library_versions
from manifests.recipe import OccluderSet, Recipe
from manifests.shard_plan import ShardPlan, shard_prefix
from natocc.kinds import kind_named
from natocc.profiles import PROFILES, Profile
from tasks.build.choose_harmoniser import ChosenNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInputs:
    """The inputs of a set: faces and occluders of the bank, ordered by id."""

    faces: Sequence[Entry]
    occluders: Sequence[Entry]


def expand_set(
    recipe: Recipe,
    occluder_set: OccluderSet,
    inputs: SetInputs,
    *,
    limit: int | None,
    network: ChosenNetwork | None,
) -> list[ShardPlan]:
    """The set's shards in order, with every face once per repeat; ``limit`` keeps the first samples.

    ``network`` is the recipe's harmoniser; sets that are not harmonised ignore it.
    """
    if not kind_named(occluder_set.kind).harmonised:
        network = None
    repeats = range(recipe.repeats_of(occluder_set))
    samples = [(face.id, repeat) for repeat in repeats for face in inputs.faces][:limit]
    template = _template(recipe, occluder_set, inputs, network)
    key = _KeyParts(template, inputs, recipe, network)
    step, prefix = recipe.samples_per_shard, shard_prefix(template.split, template.set)
    plans = []
    for number, start in enumerate(range(0, len(samples), step)):
        file = f"{prefix}{number:06d}.tar"
        plan = replace(template, file=file, samples=tuple(samples[start : start + step]))
        plans.append(replace(plan, cache_key=key.cache_key(plan)))
    return plans


def _template(
    recipe: Recipe, occluder_set: OccluderSet, inputs: SetInputs, network: ChosenNetwork | None
) -> ShardPlan:
    """The common fields of a set's shards."""
    split = recipe.split_of(occluder_set)
    harmonised = kind_named(occluder_set.kind).harmonised
    return ShardPlan(
        file="",
        set=occluder_set.name,
        kind=occluder_set.kind,
        split=split if split in ("train", "test", "all") else "list",
        stream=occluder_set.stream or occluder_set.name,
        seed=recipe.seed,
        profile=profile_of(recipe),
        size=recipe.size,
        clean=recipe.clean,
        parsing=recipe.parsing,
        colour_transfer=occluder_set.colour_transfer,
        transfer_method=recipe.transfer_method,
        contrast_guard=recipe.contrast_guard,
        harmoniser=recipe.harmoniser if harmonised else None,
        network=network.use if network else None,
        samples=(),
        occluders=tuple(entry.id for entry in inputs.occluders),
    )


def profile_of(recipe: Recipe) -> Profile:
    """The recipe's profile with the recipe's own values applied."""
    profile, steps = PROFILES[recipe.profile], recipe.naturalness
    return replace(
        profile,
        light=_either(steps.light, profile.light),
        sharpness=_either(steps.sharpness, profile.sharpness),
        noise=_either(steps.noise, profile.noise),
        history=_either(steps.history, profile.history),
        shadow=_either(steps.shadow, profile.shadow),
        hidden_ratio=recipe.hidden_ratio or profile.hidden_ratio,
        targets=recipe.target_weights() or profile.targets,
    )


def _either(chosen: bool | None, default: bool) -> bool:
    return default if chosen is None else chosen


class _KeyParts:
    """The common part of the keys of a set's shards, hashed once."""

    def __init__(
        self, template: ShardPlan, inputs: SetInputs, recipe: Recipe, network: ChosenNetwork | None
    ) -> None:
        self._faces = {face.id: face.cache_fields for face in inputs.faces}
        self._common = [
            digest([entry.cache_fields for entry in inputs.occluders]),
            render_identity(network.architecture if network else None),
            library_versions(*optional_libraries(recipe, network)),
            asdict(kind_named(template.kind)),
        ]

    def cache_key(self, plan: ShardPlan) -> str:
        """The hash of everything that determines the shard's bytes."""
        faces = [self._faces[face] for face, _ in plan.samples]
        return digest([asdict(plan), faces, *self._common])


def optional_libraries(recipe: Recipe, network: object | None = None) -> tuple[str, ...]:
    """Packages beyond the core that affect this recipe's bytes."""
    linear = recipe.transfer_method == "linear" and any(row.colour_transfer for row in recipe.sets)
    return (("pot",) if linear else ()) + (("torch",) if network else ())
