"""From a recipe and a bank to a deterministic list of shards, or to everything that stands in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from assets.bank import Bank, Entry
from assets.bank import Kind as EntryKind
from manifests.lineage import code_version, digest, library_versions
from manifests.recipe import OccluderSet, Recipe, RecipeError
from natocc.harmonise import HARMONISERS
from natocc.profiles import PROFILES, Kind, Profile

# Which entries of the bank each kind of sample draws from.
POOL: dict[Kind, EntryKind] = {"randocc": "texture", "object": "object", "hand": "hand"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardPlan:
    """All that a worker needs to render one shard, apart from the bank.

    ``samples`` are (face id, repeat); ``occluders`` the ids of the pool, in order.
    """

    file: str
    set: str
    kind: Kind
    split: str
    stream: str
    seed: int
    profile: Profile
    size: int
    clean: bool
    parsing: bool
    colour_transfer: float
    harmoniser: str | None
    upscaler: str | None
    samples: tuple[tuple[str, int], ...]
    occluders: tuple[str, ...]
    cache_key: str = ""


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
    def samples(self) -> int:
        return sum(len(shard.samples) for shard in self.shards)


def make_plan(recipe: Recipe, bank: Bank, overrides: dict[str, object], limit: int | None = None) -> Plan:
    """Expand the recipe over the bank; ``limit`` keeps the first samples of every set.

    Raises RecipeError with all problems: a list or backend that is not there, a set without inputs.
    """
    problems = _backend_problems(recipe, bank)
    if limit is not None and limit < 1:
        problems.append(f"--limit: expected at least 1 sample of each set, got {limit}")
    shards: list[ShardPlan] = []
    left_out: dict[str, object] = {}
    same_photo: Counter[str] = Counter()
    used: list[Entry] = []
    for one in recipe.sets:
        try:
            faces = _faces(bank, recipe.split_of(one))
        except RecipeError as error:
            problems += [text for text in error.problems if text not in problems]
            continue
        if recipe.parsing and (lacking := [face.id for face in faces if "parsing.png" not in face.members]):
            text = f"recipe > {recipe.name} > parsing: expected parsing maps in the bank, got none for"
            problems.append(f"{text} {len(lacking)} faces, the first {lacking[0]}; set it to false")
        pool = _pool(bank, one, recipe.split_of(one))
        missing = _missing(one, faces, pool)
        if missing and one.optional:
            left_out[one.name] = missing
        elif missing:
            problems.append(f"recipe > {recipe.name} > sets > {one.name}: {missing}")
        else:
            shards += _shards_of(recipe, one, faces, pool, bank, limit)
            same_photo[one.name] = _same_photo(faces, pool)
            used += [*faces, *pool]
    if problems:
        raise RecipeError(problems)
    if not shards:
        raise RecipeError([f"recipe > {recipe.name}: every set is optional and the bank has none of them"])
    left_out["pairs_of_one_photograph"] = {name: count for name, count in same_photo.items() if count}
    return Plan(
        recipe=recipe,
        overrides=overrides,
        version=digest([recipe.model_dump(mode="json"), [shard.cache_key for shard in shards]])[:12],
        bank={key: bank.index.get(key) for key in ("content_sha256", "files", "counts", "upscaler")},
        shards=tuple(shards),
        left_out=left_out,
        licences=tuple(sorted({entry.licence for entry in used if entry.licence})),
    )


def _backend_problems(recipe: Recipe, bank: Bank) -> list[str]:
    problems = []
    made_with = bank.index.get("upscaler")
    if recipe.upscaler and recipe.upscaler != made_with:
        problems.append(
            f"recipe > {recipe.name} > upscaler: expected a bank whose objects were upscaled with "
            f"{recipe.upscaler}, got {made_with}; prepare one so, or build with --upscaler {made_with}"
        )
    if recipe.harmoniser and recipe.harmoniser not in HARMONISERS:
        problems.append(
            f"recipe > {recipe.name} > harmoniser: expected one of {', '.join(sorted(HARMONISERS))}, "
            f"got {recipe.harmoniser}, which is not available; build with --harmoniser statistics"
        )
    return problems


def _faces(bank: Bank, split: str) -> tuple[Entry, ...]:
    faces = bank.entries("face")
    if split == "all":
        return tuple(face for face in faces if face.split != "excluded")
    if split in ("train", "test"):
        return tuple(face for face in faces if face.split == split)
    if not Path(split).is_file():
        raise RecipeError(
            [
                f"split: expected train, test, all or a list file, got {split!r}, which is no file here; "
                "give the list with --split FILE, or take every face with --split all"
            ]
        )
    lines = [line.strip() for line in Path(split).read_text().splitlines()]
    wanted = {line for line in lines if line}
    found = {name: face for face in faces for name in (face.id, Path(face.source).name)}
    absent = sorted(wanted - found.keys())
    if absent:
        raise RecipeError(
            [f"split: {split} names {len(absent)} faces the bank lacks, the first {absent[0]!r}"]
        )
    chosen = {found[name].id for name in wanted}
    return tuple(face for face in faces if face.id in chosen)


def _pool(bank: Bank, one: OccluderSet, split: str) -> tuple[Entry, ...]:
    """The occluders of a set: the test part's for test faces, else the rest."""
    if one.kind == "none":
        return ()
    entries = bank.entries(POOL[one.kind])
    if split == "all":
        return tuple(entry for entry in entries if entry.split != "excluded")
    return tuple(entry for entry in entries if entry.split == ("test" if split == "test" else "train"))


def _missing(one: OccluderSet, faces: Sequence[Entry], pool: Sequence[Entry]) -> str:
    if not faces:
        return "expected faces in its split, got none"
    if one.kind != "none" and not pool:
        return f"expected at least one {POOL[one.kind]} in the bank for its split, got none"
    return ""


def _same_photo(faces: Sequence[Entry], pool: Sequence[Entry]) -> int:
    """Pairs that are never drawn because both come from one photograph."""
    by_photo = Counter(entry.photo for entry in pool)
    return sum(by_photo[face.photo] for face in faces)


def _shards_of(
    recipe: Recipe,
    one: OccluderSet,
    faces: Sequence[Entry],
    pool: Sequence[Entry],
    bank: Bank,
    limit: int | None,
) -> list[ShardPlan]:
    order = [(face.id, repeat) for repeat in range(recipe.repeats_of(one)) for face in faces][:limit]
    by_id = {face.id: face for face in faces}
    profile = PROFILES[recipe.profile]
    if recipe.hidden_ratio:
        profile = replace(profile, hidden_ratio=recipe.hidden_ratio)
    upscaler = bank.index.get("upscaler") if one.kind == "object" else None
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
        "harmoniser": recipe.harmoniser if one.kind == "object" else None,
        "upscaler": str(upscaler) if upscaler else None,
        "occluders": tuple(entry.id for entry in pool),
    }
    pool_digest = digest([[entry.id, entry.sha256] for entry in pool])
    plans = []
    step = recipe.samples_per_shard
    for number, start in enumerate(range(0, len(order), step)):
        samples = tuple(order[start : start + step])
        plan = ShardPlan(file=f"{one.name}-{number:06d}.tar", samples=samples, **common)  # type: ignore[arg-type]
        content = [by_id[face].sha256 for face, _ in samples]
        key = digest([asdict(plan), content, pool_digest, code_version(), library_versions()])
        plans.append(replace(plan, cache_key=key))
    return plans
