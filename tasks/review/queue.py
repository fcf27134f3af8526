"""Which masks to look at first: a bank's faces in order of suspicion, as a table and as a sheet."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from statistics import median

import pyarrow as pa
import pyarrow.parquet as pq

from assets.bank.reader import Bank, Entry
from natocc.codecs import encode_png_rgb
from natocc.mask_quality.score import FIGURES
from shards import storage
from tasks.contact_sheet import Strip, compose_sheet
from tasks.face_tile import face_facts, face_tile
from tasks.progress import OnProgress, ignore_progress, tracked

QUEUE, SHEET = "queue.parquet", "queue.png"
# An IoU with the segmenter below which it counts against a mask, and how far below it counts fully.
_AGREES, _CONTRADICTS = 0.95, 0.35
# How much of the trust the segmenter alone can take away.
_SEGMENTER_MOST = 0.9
_SEGMENTER_SAYS = "the segmenter disagrees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One face of the queue. ``score`` is the suspicion, with the segmenter's where it was asked.

    ``mask`` says whose the mask is (``policy``, ``corrected``); ``figures`` are those of
    ``natocc.mask_quality.score``; ``iou`` and ``components`` are the segmenter's, None without one.
    """

    id: str
    source: str
    score: float
    because: str
    mask: str
    suspicion: float
    figures: dict[str, float]
    iou: float | None
    components: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueReport:
    """Where the queue is and what leads it."""

    queue: str
    sheet: str
    faces: tuple[Queued, ...]

    def table(self, count: int) -> list[dict[str, str | int | float | None]]:
        """The first faces, a row each, for people."""
        said = ("id", "score", "because", "mask", "iou", "components", "source")
        return [{name: getattr(face, name) for name in said} for face in self.faces[:count]]


def correct_masks(
    bank_url: str,
    out: str,
    *,
    checkpoint: str | None = None,
    size: int = 128,
    count: int = 48,
    on_progress: OnProgress = ignore_progress,
) -> QueueReport:
    """Write ``queue.parquet``, every face, the most suspicious first, and ``queue.png``, the first ``count``.

    With a ``checkpoint`` of ``natocc train-segmenter``, trained at ``size``, its disagreement counts too.
    Faces of equal score come in order of their ids, so equal banks give equal files. ``on_progress``
    counts faces: all of them once, and a second time with a checkpoint.

    Raises FileNotFoundError where there is no bank or checkpoint, ValueError for a bank without faces
    or made before suspicion was measured, and for a file that is no checkpoint.
    """
    if count < 1:
        raise ValueError(f"-n: expected at least 1 picture, got {count}")
    bank = Bank(bank_url)
    entries = {entry.id: entry for entry in bank.entries("face")}
    if not entries:
        raise ValueError(f"{bank_url}: expected faces in the bank, got none")
    read = tracked(entries.items(), on_progress, len(entries))
    facts = {name: face_facts(bank, entry) for name, entry in read}
    lacking = [name for name, one in facts.items() if not isinstance(one.get("suspicion"), dict)]
    if lacking:
        raise ValueError(
            f"{bank_url}: expected the suspicion of every face, {len(lacking)} of {len(facts)} have none "
            f"(the first is {lacking[0]}); the bank is an older one: run natocc prepare again"
        )
    disagreements = _disagreements(bank, checkpoint, size, on_progress)
    # A weak segmenter agrees with no mask well: what counts is to agree less than it usually does.
    usual = min(_AGREES, median(iou for iou, _ in disagreements.values()) if disagreements else 1.0)
    faces = [
        _queued(entry, facts[name], disagreements.get(name, (None, None)), usual)
        for name, entry in entries.items()
    ]
    faces.sort(key=lambda face: (-face.score, face.id))
    report = QueueReport(queue=storage.join(out, QUEUE), sheet=storage.join(out, SHEET), faces=tuple(faces))
    storage.write_bytes(report.queue, encode_queue(report.faces))
    shown = [_strip(bank, entries[face.id], number, face) for number, face in enumerate(faces[:count], 1)]
    title = f"{len(faces)} faces of {bank_url}, the most suspicious first"
    storage.write_bytes(report.sheet, encode_png_rgb(compose_sheet(shown, title, side=288, columns=6)))
    return report


def encode_queue(faces: tuple[Queued, ...]) -> bytes:
    """The table as Parquet, one row a face in the order given."""
    plain: list[tuple[str, pa.DataType]] = [
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
    rows = [asdict(face) | face.figures for face in faces]
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(plain)), stream)
    return stream.getvalue()


def _disagreements(
    bank: Bank, checkpoint: str | None, size: int, on_progress: OnProgress
) -> dict[str, tuple[float, int]]:
    if checkpoint is None:
        return {}
    # Here, so that a queue without a segmenter needs no network packages.
    from tasks.review.disagreement import measure_disagreements

    found = measure_disagreements(bank, checkpoint, size=size, on_progress=on_progress)
    return {name: (one.iou, one.components) for name, one in found.items()}


def _queued(
    entry: Entry, facts: dict[str, object], segmenter: tuple[float | None, int | None], usual: float
) -> Queued:
    said: dict[str, object] = facts["suspicion"]  # type: ignore[assignment]
    suspicion, because = float(str(said["score"])), str(said["because"])
    iou, components = segmenter
    doubt = 0.0
    if iou is not None:
        doubt = _SEGMENTER_MOST * min(1.0, max(0.0, (usual - iou) / _CONTRADICTS))
    return Queued(
        id=entry.id,
        source=entry.source,
        score=round(1 - (1 - suspicion) * (1 - doubt), 4),
        because=_SEGMENTER_SAYS if doubt > suspicion else because,
        mask=str(facts.get("mask", "policy")),
        suspicion=suspicion,
        figures={name: float(str(said[name])) for name in FIGURES},
        iou=iou,
        components=components,
    )


def _strip(bank: Bank, entry: Entry, number: int, face: Queued) -> Strip:
    iou = "" if face.iou is None else f" · IoU {face.iou:.2f}"
    caption = f"{number}. {face.id} {face.score:.2f}{iou} {face.because}"
    return Strip(pictures=(face_tile(bank, entry),), caption=caption)
