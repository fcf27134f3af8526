"""The review queue: a bank's faces by their mask scores, as a table and as a sheet."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from statistics import median

import pyarrow as pa
import pyarrow.parquet as pq

from assets.bank.reader import Bank, Entry
from assets.wording import count_of
from natocc.codecs import encode_png_rgb
from natocc.mask_quality.score import FIGURES
from shards import storage
from shards.check_output import check_folder
from shards.lock import one_writer
from tasks.contact_sheet import Strip, compose_sheet
from tasks.face_metadata import RecordedScore, known_mask_faults, recorded_score
from tasks.face_tile import face_tile
from tasks.progress import OnProgress, ignore_progress, tracked

QUEUE, SHEET = "queue.parquet", "queue.png"
# An IoU with the segmenter below the first value counts against a mask; it counts fully this far below.
_AGREES, _CONTRADICTS = 0.95, 0.35
# The share of the remaining trust that a known fault of the mask takes away.
_KNOWN_FAULT = 0.9
# The highest score that the segmenter alone can give.
_SEGMENTER_MOST = 0.9
_SEGMENTER_SAYS = "the segmenter disagrees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One face of the queue. ``score`` is the mask score, raised by known faults and by a segmenter.

    ``mask`` is the mask's origin (``policy``, ``corrected``). ``figures`` are those of
    ``natocc.mask_quality.score``. ``iou`` and ``components`` compare with the segmenter; they are None
    without a segmenter.
    """

    id: str
    source: str
    score: float
    because: str
    mask: str
    mask_score: float
    figures: dict[str, float]
    iou: float | None
    components: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueReport:
    """The place of the queue, and its faces in order."""

    queue: str
    sheet: str
    faces: tuple[Queued, ...]

    def table(self, count: int) -> list[dict[str, str | int | float | None]]:
        """The first faces, one row each, for display."""
        columns = ("id", "score", "because", "mask", "iou", "components", "source")
        return [{name: getattr(face, name) for name in columns} for face in self.faces[:count]]


@one_writer("out")
def correct_masks(
    bank_url: str,
    out: str,
    *,
    checkpoint: str | None = None,
    size: int = 128,
    count: int = 48,
    wait: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> QueueReport:
    """Write ``queue.parquet``, every face, the worst mask first, and ``queue.png``, the first ``count``.

    With a ``checkpoint`` of ``natocc train-segmenter``, trained at ``size``, its disagreement counts too.
    Faces of equal score are ordered by id, so equal banks give equal files. ``on_progress`` counts faces: all
    of them once, and a second time with a checkpoint.

    Raises FileNotFoundError if there is no bank or checkpoint, ValueError for a bank without faces or without
    mask scores, and if the file is not a checkpoint.
    """
    if count < 1:
        raise ValueError(f"--limit: expected at least 1 picture, got {count}")
    check_folder(out)
    bank = Bank(bank_url)
    entries = {entry.id: entry for entry in bank.entries("face")}
    if not entries:
        raise ValueError(f"{bank_url}: expected faces in the bank, got none")
    scores = _recorded_scores(bank, entries, on_progress)
    disagreements = _disagreements(bank, checkpoint, size, on_progress)
    # A weak segmenter agrees well with no mask, so only an agreement below its usual level counts.
    usual = min(_AGREES, median(iou for iou, _ in disagreements.values()) if disagreements else 1.0)
    faces = [
        _queued(entry, scores[name], disagreements.get(name, (None, None)), usual)
        for name, entry in entries.items()
    ]
    faces.sort(key=lambda face: (-face.score, face.id))
    report = QueueReport(queue=storage.join(out, QUEUE), sheet=storage.join(out, SHEET), faces=tuple(faces))
    storage.write_bytes(report.queue, encode_queue(report.faces))
    shown = [_strip(bank, entries[face.id], number, face) for number, face in enumerate(faces[:count], 1)]
    title = f"{count_of(len(faces), 'faces')} of {bank_url}, the worst mask first"
    storage.write_bytes(report.sheet, encode_png_rgb(compose_sheet(shown, title, side=288, columns=6)))
    return report


def encode_queue(faces: tuple[Queued, ...]) -> bytes:
    """The table as Parquet, one row a face in the order given."""
    columns: list[tuple[str, pa.DataType]] = [
        ("id", pa.string()),
        ("source", pa.string()),
        ("score", pa.float64()),
        ("because", pa.string()),
        ("mask", pa.string()),
        ("suspicion", pa.float64()),
        *((name, pa.float64()) for name in FIGURES),
        ("iou", pa.float64()),
        ("components", pa.int32()),
    ]
    rows = [asdict(face) | {"suspicion": face.mask_score} | face.figures for face in faces]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(columns)), buffer)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """What the bank records of a face: mask score, origin of the mask, known faults of the mask."""

    score: RecordedScore
    mask: str
    faults: list[str]


def _recorded_scores(bank: Bank, entries: dict[str, Entry], on_progress: OnProgress) -> dict[str, _Recorded]:
    scores: dict[str, _Recorded] = {}
    for name, entry in tracked(entries.items(), on_progress, len(entries)):
        metadata = bank.metadata(entry)
        if recorded := recorded_score(metadata):
            scores[name] = _Recorded(
                score=recorded,
                mask=str(metadata.get("mask", "policy")),
                faults=known_mask_faults(metadata),
            )
    if lacking := [name for name in entries if name not in scores]:
        raise ValueError(
            f"{bank.url}: expected a mask score of every face, {len(lacking)} of {len(entries)} have none "
            f"(the first is {lacking[0]}); the bank is an older one: run natocc prepare again"
        )
    return scores


def _disagreements(
    bank: Bank, checkpoint: str | None, size: int, on_progress: OnProgress
) -> dict[str, tuple[float, int]]:
    if checkpoint is None:
        return {}
    # Imported here, so that a queue without a segmenter needs no network packages.
    from tasks.review.disagreement import measure_disagreements

    found = measure_disagreements(bank, checkpoint, size=size, on_progress=on_progress)
    return {name: (compared.iou, compared.components) for name, compared in found.items()}


def _queued(
    entry: Entry, recorded: _Recorded, segmenter: tuple[float | None, int | None], usual: float
) -> Queued:
    iou, components = segmenter
    score, doubt = recorded.score.score, 0.0
    if iou is not None:
        doubt = _SEGMENTER_MOST * min(1.0, max(0.0, (usual - iou) / _CONTRADICTS))
    because = _SEGMENTER_SAYS if doubt > score else recorded.score.because
    known = _KNOWN_FAULT if recorded.faults else 0.0
    return Queued(
        id=entry.id,
        source=entry.source,
        score=round(1 - (1 - score) * (1 - doubt) * (1 - known), 4),
        because=f"known: {', '.join(recorded.faults)}" if known else because,
        mask=recorded.mask,
        mask_score=score,
        figures={name: recorded.score.figures[name] for name in FIGURES},
        iou=iou,
        components=components,
    )


def _strip(bank: Bank, entry: Entry, number: int, face: Queued) -> Strip:
    iou = "" if face.iou is None else f" · IoU {face.iou:.2f}"
    caption = f"{number}. {face.id} {face.score:.2f}{iou} {face.because}"
    return Strip(pictures=(face_tile(bank, entry),), caption=caption)
