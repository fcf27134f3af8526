"""``natocc score``: masks that another program made of a test set, as counts beside those of our runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from assets.pictures.mask import read_stored_mask
from assets.problems import BadInput, ReportProblem
from assets.wording import count_of
from natocc.files.clutter import is_clutter
from natocc.geometry import Image
from natocc.masks.binary import as_binary
from shards import storage
from shards.lock import lock
from tasks.benchmark.counts.measure import Predictor, measure_picture
from tasks.benchmark.counts.store import facts_of, read_counts, write_counts
from tasks.benchmark.counts.table import COUNTS_SCHEMA
from tasks.benchmark.scores.compute import cells_of, results_of
from tasks.benchmark.scores.results import Result
from tasks.benchmark.set_options import SetOptions
from tasks.benchmark.sets.open import open_test_sets
from tasks.benchmark.sets.picture import TestSet
from tasks.inputs import LocalPath, OutUrl, folder_of
from tasks.options import HelpWords, Wait, cross_check
from tasks.progress import OnProgress, ignore_progress, tracked

FOREIGN = "foreign"
_NAMED = 5
# Masks agree with the labels if they are turned round: IoU below the first as they are, above the second so.
_POOR, _GOOD = 0.3, 0.5


class ScoreOptions(SetOptions):
    """Which masks, of which test set, and the benchmark whose tables they go into."""

    masks: Annotated[LocalPath, folder_of("masks")] = Field(
        description="Folder of PNGs, one for each picture of the set, named as its key."
    )
    on: str = Field(description="The test set, by its name.")
    versions: tuple[str, ...] = Field(
        (), description="Versions or datasets whose test samples are sets, DATASET/SET each."
    )
    name: Annotated[str | None, HelpWords("the folder's name")] = Field(
        None, description="What made the masks, as the tables call it."
    )
    policy: Literal["voo", "faceocc"] | None = Field(
        None, description="Label policy of the masks; of a set with another, a second reading is given."
    )
    inverted: bool = Field(False, description="The masks are white where there is no face.")
    out: Annotated[OutUrl | None, HelpWords("none")] = Field(
        None, description="Folder of a benchmark, whose tables have these masks from its next run on."
    )
    wait: Wait = False

    @cross_check("on", "versions", at="on")
    def _version_of_the_set(self) -> str | None:
        if "/" in self.on and not self.versions:
            return f"expected a version with the set {self.on}, got none; name its dataset with --versions"
        return None

    @property
    def shown_name(self) -> str:
        """What made the masks."""
        return self.name or self.masks.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignReport:
    """``counts``: the table that was written; "" if none was asked for."""

    name: str
    set: str
    pictures: int
    results: tuple[Result, ...]
    counts: str


def score_masks(
    options: ScoreOptions,
    *,
    report: ReportProblem = lambda problem: None,
    on_progress: OnProgress = ignore_progress,
) -> ForeignReport:
    """Score a folder of masks on a test set. ``on_progress`` counts pictures.

    ``report`` takes what was converted or left out of the test set.

    Raises ValueError for an unknown or missing set, for masks that are missing, too many, of other sizes or
    not binary, and for masks that are inverted without ``inverted``: nothing is corrected in silence.
    """
    chosen = _chosen_set(options, report)
    files = _matched(options.masks, chosen)
    predictor = Predictor(network=options.shown_name, policy=options.policy or "")
    rows = list(tracked(_rows(chosen, files, predictor, options), on_progress, len(chosen.facts)))
    _check_polarity(rows, chosen, options)
    url = ""
    if options.out is not None:
        with lock(options.out, wait=options.wait):
            place = f"{options.shown_name}-{chosen.name}".replace("/", "_")
            url = storage.join(options.out, FOREIGN, f"{place}.parquet")
            write_counts(url, rows, {"set": chosen.fingerprint})
    table = pa.Table.from_pylist(rows, schema=COUNTS_SCHEMA)
    return ForeignReport(
        name=options.shown_name,
        set=chosen.name,
        pictures=len(chosen.facts),
        results=tuple(results_of(cells_of(table))),
        counts=url,
    )


def foreign_counts(out: str, sets: Sequence[TestSet]) -> tuple[list[pa.Table], tuple[str, ...]]:
    """The tables of ``natocc score`` in a benchmark's folder, and a note for each that is left out.

    One is left out if its test set is not the benchmark's any more.
    """
    folder = storage.join(out, FOREIGN)
    names = sorted(storage.list_names(folder)) if storage.is_folder(folder) else []
    known = {one.fingerprint for one in sets if not one.missing}
    tables: list[pa.Table] = []
    notes: list[str] = []
    for name in names:
        if not name.endswith(".parquet"):
            continue
        table = read_counts(storage.join(folder, name))
        if facts_of(table)["set"] in known:
            tables.append(table)
        else:
            notes.append(f"{name}: left out, its test set is another by now; score the masks again")
    return tables, tuple(notes)


def _chosen_set(options: ScoreOptions, report: ReportProblem) -> TestSet:
    own = options.own_folders()
    of_versions = "/" in options.on
    names = [] if of_versions or options.on in own else [options.on]
    sets = open_test_sets(
        names,
        bank_url=options.bank,
        versions=options.versions if of_versions else (),
        folders={name: folder for name, folder in own.items() if name == options.on},
        raw=options.raw,
        report=report,
    )
    found = next((one for one in sets if one.name == options.on), None)
    if found is None:
        raise ValueError(f"--on: expected one of {', '.join(one.name for one in sets)}, got {options.on}")
    if found.missing:
        raise ValueError(f"--on {options.on}: {found.missing}")
    return found


def _matched(folder: Path, chosen: TestSet) -> Mapping[str, Path]:
    """The file of each picture. Raises ValueError with what is missing and what is too many."""
    keys = {facts.key for facts in chosen.facts}
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".png" and not is_clutter(path.name):
            files[path.stem] = path
    lines = []
    for what, odd in (("no mask", sorted(keys - set(files))), ("no picture", sorted(set(files) - keys))):
        if odd:
            more = f" and {len(odd) - _NAMED} more" if len(odd) > _NAMED else ""
            lines.append(f"{what} for {', '.join(odd[:_NAMED])}{more}")
    if lines:
        raise ValueError(
            f"{folder}: expected {count_of(len(keys), 'PNGs')}, named as the pictures of {chosen.name} "
            f"({min(keys)}.png), got {'; '.join(lines)}"
        )
    return files


def _rows(
    chosen: TestSet, files: Mapping[str, Path], predictor: Predictor, options: ScoreOptions
) -> Iterator[dict[str, object]]:
    for picture in chosen.read():
        path = files[picture.facts.key]
        labels = _read(path)
        if labels.shape != picture.mask.shape:
            height, width = picture.mask.shape
            raise ValueError(
                f"{path}: expected the label's size {width}x{height}, got "
                f"{labels.shape[1]}x{labels.shape[0]}; write masks at the size of the labels"
            )
        if options.inverted:
            labels = np.asarray(1 - labels, np.uint8)
        yield from measure_picture(
            picture, labels, None, predictor=predictor, set_name=chosen.name, policy=chosen.policy
        )


def _read(path: Path) -> Image:
    try:
        stored = read_stored_mask(path).stored
    except BadInput as error:
        raise ValueError(f"{path}: expected {error.expected}, got {error.got}") from error
    return as_binary(stored, str(path))


def _check_polarity(rows: Sequence[Mapping[str, object]], chosen: TestSet, options: ScoreOptions) -> None:
    """Raise ValueError if the masks agree with the labels better when they are inverted."""
    counted = np.sum([np.asarray(row["confusion"], np.float64) for row in rows], axis=0)
    tn, fp, fn, tp = (float(value) for value in counted)
    as_given, turned = tp / max(1, tp + fp + fn), fn / max(1, fn + tn + tp)
    if as_given < _POOR and turned > _GOOD:
        raise ValueError(
            f"{options.masks}: expected masks that are white where the face is visible, got some that agree "
            f"with the labels of {chosen.name} when they are inverted (face IoU {turned:.2f}, as they are "
            f"{as_given:.2f}); {'leave --inverted out' if options.inverted else 'give --inverted'}"
        )
