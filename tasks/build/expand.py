"""A set of a recipe with its faces and occluders: its size and hash, and its shards with all keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property

from assets.bank.reader import Entry
from manifests.code_identity import code_identity, render_identity
from manifests.lineage import digest, library_versions
from manifests.recipe import Recipe
from manifests.recipes.parts import OccluderSet
from manifests.shard_plan import NetworkUse, SamplePlan, ShardPlan, shard_prefix
from natocc.kinds import kind_named
from natocc.profiles import PROFILES, Profile
from shards.divide import divide
from tasks.build.choose_harmoniser import ChosenNetwork
from tasks.build.choose_occluder import OccluderChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInputs:
    """The inputs of a set: faces and occluders of the bank, ordered by id."""

    faces: Sequence[Entry]
    occluders: Sequence[Entry]


class SetPlan:
    """A set to build: every face once per repeat; ``limit`` keeps the first samples.

    ``network`` is the recipe's harmoniser; sets that are not harmonised ignore it. ``transfer_device`` is
    where torch moves colours, None for NumPy; sets without colour transfer ignore it. The size and the hash
    are known without the shards, which take a choice for every sample.
    """

    def __init__(
        self,
        recipe: Recipe,
        occluder_set: OccluderSet,
        inputs: SetInputs,
        *,
        limit: int | None,
        network: ChosenNetwork | None,
        transfer_device: str | None = None,
    ) -> None:
        if not occluder_set.colour_transfer:
            transfer_device = None
        if not kind_named(occluder_set.kind).harmonised:
            network = None
        self._inputs = inputs
        self._template = _template(recipe, occluder_set, network, transfer_device)
        self._per_shard = recipe.samples_per_shard
        self._repeats = _repeats(inputs.faces, recipe.repeats_of(occluder_set), limit)
        # The hash of the source code that renders the samples.
        self.code = render_identity(
            network.architecture if network else None, transport=bool(transfer_device)
        )
        self._libraries = library_versions(*optional_libraries(recipe, network, transfer_device))

    def _common(self, code: str) -> str:
        """What the keys of all samples have in common, under this rendering code."""
        kind = asdict(kind_named(self._template.kind))
        return digest([asdict(self._template), code, self._libraries, kind])

    @property
    def name(self) -> str:
        return self._template.set

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All faces and occluders that its samples may be made of."""
        return (*self._inputs.faces, *self._inputs.occluders)

    @property
    def network(self) -> NetworkUse | None:
        return self._template.network

    @property
    def transfer_device(self) -> str | None:
        return self._template.transfer_device

    @property
    def kind(self) -> str:
        return self._template.kind

    @property
    def colour_transfer(self) -> float:
        return self._template.colour_transfer

    @property
    def samples(self) -> int:
        """The number of samples."""
        return sum(self._repeats.values())

    @cached_property
    def sha256(self) -> str:
        """The hash of everything that the shards depend on, the code that plans them included."""
        pools = (self._inputs.faces, self._inputs.occluders)
        content = [[entry.cache_fields for entry in pool] for pool in pools]
        return digest(
            [self._common(self.code), code_identity(__name__), self._per_shard, self._repeats, content]
        )

    @cached_property
    def shards(self) -> tuple[ShardPlan, ...]:
        """The shards in order, with their names and keys."""
        prefix = shard_prefix(self._template.split, self._template.set)
        return tuple(
            replace(
                self._template,
                file=f"{prefix}{number:06d}.tar",
                samples=samples,
                cache_key=digest([sample.cache_key for sample in samples]),
            )
            for number, samples in enumerate(self._divided())
        )

    def keys_under(self, code: str, samples: Iterable[SamplePlan]) -> Iterator[str]:
        """The keys that samples of this set have under other rendering code, with all else equal."""
        key_of = _SampleKeys(self._inputs, self._common(code))
        return (key_of(sample.face, sample.occluder, sample.repeat) for sample in samples)

    def _divided(self) -> Iterator[tuple[SamplePlan, ...]]:
        """The samples of each shard, by repeat, then by face."""
        make = _SampleMaker(self._template, self._inputs, self._common(self.code))
        for group in divide(self._repeats, self._per_shard):
            counts = {name: self._repeats[name] for name in sorted(group)}
            for repeats in _blocks(max(counts.values()), self._per_shard, alone=len(group) == 1):
                yield tuple(
                    make(name, repeat) for repeat in repeats for name in counts if repeat < counts[name]
                )


class _SampleKeys:
    """The keys of a set's samples, from the hashes of their inputs."""

    def __init__(self, inputs: SetInputs, common: str) -> None:
        self._common = common
        self._faces = _hashes(inputs.faces)
        self._occluders = _hashes(inputs.occluders)

    def __call__(self, face: str, occluder: str | None, repeat: int) -> str:
        content = None if occluder is None else self._occluders[occluder]
        return digest([self._common, self._faces[face], content, repeat])


class _SampleMaker:
    """Makes the plans of a set's samples."""

    def __init__(self, plan: ShardPlan, inputs: SetInputs, common: str) -> None:
        self._faces = {entry.id: entry for entry in inputs.faces}
        self._key_of = _SampleKeys(inputs, common)
        self._choice = OccluderChoice(plan.kind, inputs.occluders, seed=plan.seed, stream=plan.stream)

    def __call__(self, name: str, repeat: int) -> SamplePlan:
        chosen = self._choice.choose(self._faces[name], repeat)
        occluder = None if chosen is None else chosen.id
        key = self._key_of(name, occluder, repeat)
        return SamplePlan(face=name, repeat=repeat, occluder=occluder, cache_key=key)


def _hashes(entries: Iterable[Entry]) -> dict[str, str]:
    return {entry.id: digest(entry.cache_fields) for entry in entries}


def _repeats(faces: Sequence[Entry], repeats: int, limit: int | None) -> Mapping[str, int]:
    """How often each face is used, if at all. A limit takes every face before it takes one again."""
    if limit is None or limit >= repeats * len(faces):
        return {face.id: repeats for face in faces}
    rounds, rest = divmod(limit, len(faces))
    counts = {face.id: rounds + (place < rest) for place, face in enumerate(faces)}
    return {name: count for name, count in counts.items() if count}


def _blocks(repeats: int, per_shard: int, *, alone: bool) -> Iterator[range]:
    """The repeats of each shard: all together, or blocks of a face that is alone and has too many."""
    blocks = max(1, (repeats + per_shard // 2) // per_shard) if alone and 2 * repeats > 3 * per_shard else 1
    for number in range(blocks):
        last = number == blocks - 1
        yield range(number * per_shard, repeats if last else (number + 1) * per_shard)


def _template(
    recipe: Recipe, occluder_set: OccluderSet, network: ChosenNetwork | None, transfer_device: str | None
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
        labels=recipe.labels,
        colour_transfer=occluder_set.colour_transfer,
        transfer_method=recipe.transfer_method,
        contrast_guard=recipe.contrast_guard,
        algorithm_1=recipe.algorithm_1,
        transfer_device=transfer_device,
        harmoniser=recipe.harmoniser if harmonised else None,
        network=network.use if network else None,
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


def optional_libraries(recipe: Recipe, *by_torch: object) -> tuple[str, ...]:
    """Packages beyond the core that affect this recipe's bytes; ``by_torch`` are what runs there, or None."""
    linear = recipe.transfer_method == "linear" and any(row.colour_transfer for row in recipe.sets)
    return (("pot",) if linear else ()) + (("torch",) if any(by_torch) else ())
