"""Select the faces and occluders of a bank for a set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.bank.face_labels import lacks_policy_labels
from assets.bank.reader import Bank, Entry
from assets.problems import unreadable
from assets.text.lines import bare_name, clean
from assets.text.name_list import read_names
from assets.wording import count_of, list_counts
from manifests.recipe import Recipe, RecipeError
from manifests.recipes.parts import Subset
from natocc.files.read import is_there
from natocc.files.text import read_text
from natocc.kinds import kind_named

_SPLIT = "--split or the recipe's split"
_HOW_TO_SPLIT = (
    "say which in the column split of natocc.csv beside their dataset (docs/raw-data.md), and prepare again"
)
_NO_SUBSETS = (
    "subset {}: expected a bank that says which faces are WO and which O, got one without any; put the lists "
    "(CelebAMask-HQ-WO-train.txt and others) into the raw folder and prepare again, or write some with "
    "`natocc partition`; or give one with --split FILE, or take all faces with --subset all"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSelection:
    """The chosen faces, ordered by id, and the numbers of omitted faces."""

    faces: tuple[Entry, ...]
    # Faces in the list that belong to the test split or are excluded.
    excluded_by_split: int = 0
    # Faces of the split whose subset is unknown.
    unknown: int = 0


def select_faces(bank: Bank, split: str, subset: Subset = "all") -> FaceSelection:
    """Faces of a split (train, test, all, or a list file) and of a subset.

    A list defines a training set: faces of the test split and excluded faces are omitted, and the subset does
    not apply. Raises RecipeError for an unknown split or face, and for a subset if the bank records no
    subsets.
    """
    faces = bank.entries("face")
    if split not in ("train", "test", "all"):
        listed = _listed(faces, Path(split))
        kept = tuple(face for face in listed if face.split == "train")
        return FaceSelection(faces=kept, excluded_by_split=len(listed) - len(kept))
    wanted = ("train", "test") if split == "all" else (split,)
    chosen = tuple(face for face in faces if face.split in wanted)
    if subset == "all":
        return FaceSelection(faces=chosen)
    if not any(face.subset for face in faces):
        raise RecipeError([_NO_SUBSETS.format(subset)])
    unknown = sum(face.subset is None for face in chosen)
    return FaceSelection(faces=tuple(face for face in chosen if face.subset == subset), unknown=unknown)


def _listed(faces: Sequence[Entry], path: Path) -> list[Entry]:
    if not is_there(path):
        expected = f"{_SPLIT}: expected train, test, all or a list file, got {str(path)!r}, which is no file"
        advice = "give the list with --split FILE, or take every face with --split all"
        raise RecipeError([f"{expected}; {advice}"])
    ids: dict[str, str | None] = {}
    for face in faces:
        for name in {face.id, bare_name(face.source)}:
            # None: two faces have the name.
            ids[name] = face.id if ids.get(name, face.id) == face.id else None
    try:
        names = read_names(read_text(path), lambda name: ids.get(clean(name)) or ids.get(bare_name(name)))
    except OSError as error:
        raise RecipeError([f"{_SPLIT}: {unreadable(error, 'a list of faces', str(path))}"]) from error
    if not names.lines:
        expected = f"--split or the recipe's split: expected faces of the bank in {path}, one a line"
        raise RecipeError([f"{expected}, got an empty list"])
    if names.unmatched:
        text = (
            f"{count_of(len(names.unmatched), 'faces')} that the bank lacks, the first {names.unmatched[0]!r}"
        )
        raise RecipeError([f"{_SPLIT}: expected faces of the bank in {path}, got {text}"])
    if names.unclear:
        raise RecipeError([f"{_SPLIT}: expected one face a line in {path}, got others: {names.unclear}"])
    chosen = frozenset(names.found)
    return [face for face in faces if face.id in chosen]


def select_occluders(bank: Bank, kind: str, split: str) -> tuple[Entry, ...]:
    """The occluders of a set, ordered by id, from the test split for test faces, else the train split."""
    pool = kind_named(kind).pool
    if pool is None:
        return ()
    entries = bank.entries(pool.name)
    if split == "all":
        return tuple(entry for entry in entries if entry.split != "excluded")
    return tuple(entry for entry in entries if entry.split == _occluder_split(split))


def _occluder_split(split: str) -> str:
    """The split of the occluders for faces of a split; those of a list are for training."""
    return "test" if split == "test" else "train"


def what_is_missing(
    bank: Bank, kind: str, split: str, selection: FaceSelection, occluders: Sequence[Entry]
) -> str:
    """The missing inputs of a set, as text; "" if it can be built."""
    if not selection.faces:
        got = "expected faces in its split, got none"
        if selection.unknown:
            return (
                f"{got}, but {selection.unknown} of unknown subset, for which `natocc partition` proposes one"
            )
        return f"{got}, but the bank has {_by_split(bank, 'face')} of any subset; {_HOW_TO_SPLIT}"
    pool = kind_named(kind).pool
    if pool is None or occluders:
        return ""
    wanted = f"of split {_occluder_split(split)}" if split != "all" else "that is not excluded"
    there = _by_split(bank, pool.name)
    advice = f"got no {pool.plural} at all; put some into the raw folder and prepare again"
    if there:
        advice = f"got none, but {there}; {_HOW_TO_SPLIT}"
    return f"expected at least one {pool.name} {wanted} in the bank, {advice}"


def _by_split(bank: Bank, kind: str) -> str:
    """The numbers of a kind's entries by split; "" without any."""
    return list_counts(dict(sorted(Counter(entry.split for entry in bank.entries(kind)).items())))


def missing_labels(recipe: Recipe, bank: Bank, faces: Sequence[Entry]) -> list[str]:
    """The problems of labels that the recipe asks for and faces of the bank lack."""
    problems = []
    if lacking := [face.id for face in faces if recipe.parsing and "parsing.png" not in face.members]:
        problems.append(
            f"recipe > {recipe.name} > parsing: expected parsing maps in the bank, got none for "
            f"{count_of(len(lacking), 'faces')}, the first {lacking[0]}; set it to false"
        )
    lacking = [face.id for face in faces if lacks_policy_labels(face, parsing=recipe.parsing)]
    if lacking and recipe.labels == "policy":
        problems.append(
            f"recipe > {recipe.name} > labels: expected labels by policy in the bank, got corrected ones "
            f"alone for {count_of(len(lacking), 'faces')}, the first {lacking[0]}, as earlier releases "
            f"prepared them; run `natocc prepare --raw DIR --bank {bank.url}` again with the options that it "
            "records"
        )
    return problems


def pairs_of_one_photo(faces: Sequence[Entry], pool: Sequence[Entry]) -> int:
    """The number of pairs that are never drawn, because both come from the same photograph."""
    by_photo = Counter(entry.photo for entry in pool)
    return sum(by_photo[face.photo] for face in faces)
