"""A review: faces exported to an annotation tool, and the answers that come back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.flags import read_flag
from assets.reading.naming import id_of
from assets.text.strict_json import decode_json
from natocc.files.names import is_number
from natocc.files.read import is_there, read_table_bytes
from natocc.files.text import decode_text
from natocc.geometry import Image
from shards.storage import sha256_bytes

REVIEW_INDEX, REVIEW_IMAGES = "review.json", "images"
# The answers of all images in COCO's format.
COCO_FILE = "annotations.json"
_FORMAT = "natocc-review/1"
# Labels of shapes: a face adds its pixels, a hole removes them.
FACE_LABEL, HOLE_LABEL = "face", "hole"
# Verdicts that a reviewer may tick, and their groups in the partition (paper, Table 2).
REVIEW_VERDICTS: Mapping[str, str] = MappingProxyType(
    {"occluded": "O", "unoccluded": "WO", "exclude": "excluded"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFace:
    """One exported face; sizes are (height, width)."""

    order: int  # from 1, the worst mask first
    id: str
    source: str  # path of the photograph, relative to the raw folder
    score: float | None
    image: str  # relative to the review's folder
    image_sha256: str
    image_size: tuple[int, int]
    # The bank's mask: its file, its pixels, and its pixels as returned by the tool without any edit.
    mask_sha256: str
    mask_pixels: str
    returned_pixels: str
    mask_size: tuple[int, int]
    # The corrected mask in the raw folder that the bank's mask was made from; None for a mask of the policy.
    corrected_sha256: str | None


@dataclass(frozen=True, kw_only=True)
class Review:
    """The exported faces, in order; ``sha256`` is the hash of the index file."""

    form: str
    faces: tuple[ReviewFace, ...]
    sha256: str

    @cached_property
    def by_id(self) -> Mapping[str, ReviewFace]:
        return {face.id: face for face in self.faces}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer for one face: a mask of the bank's size, a verdict, or both.

    ``form`` is the format of the answer, ``path`` the tool's file.

    ``date`` is YYYY-MM-DD; ``date_from`` names its source.
    """

    face: ReviewFace
    form: str
    path: Path
    mask: Image | None
    verdict: str | None
    tool: str
    date: str
    date_from: str
    who: str = ""


class Writer(Protocol):
    """Writes faces in one tool's format into a folder that holds their images."""

    def __init__(self, folder: Path) -> None: ...

    def add(self, face: ReviewFace, mask: Image) -> Image:
        """Write one face; returns the mask as it comes back without any edit."""
        ...

    def close(self) -> None: ...


AnswerReader = Callable[[Path, Review, ReportProblem], Iterator[Answer]]


def encode_review(form: str, faces: tuple[ReviewFace, ...]) -> bytes:
    lines = ",\n".join(json.dumps(asdict(face), ensure_ascii=False, sort_keys=True) for face in faces)
    head = json.dumps({"format": _FORMAT, "tool": form})[1:-1]
    return f'{{{head}, "faces": [\n{lines}\n]}}\n'.encode()


def read_review(folder: Path) -> Review:
    """Read the index. Raises FileNotFoundError if it is missing, ValueError if it is damaged."""
    path = folder / REVIEW_INDEX
    if not is_there(path):
        raise FileNotFoundError(
            f"{folder}: expected a review ({REVIEW_INDEX} in it), got none; give the folder that "
            "`natocc review export` made"
        )
    expected = f"the index of a review ({_FORMAT})"
    try:
        data = read_table_bytes(path)
        index = decode_json(decode_text(data, str(path)), expected, str(path))
        if not isinstance(index, dict):
            raise BadInput(expected, "no object", str(path))
        if index.get("format") != _FORMAT:
            raise BadInput(expected, f"the format {index.get('format')}", str(path))
        faces = TypeAdapter(tuple[ReviewFace, ...]).validate_python(index.get("faces"))
        return Review(form=str(index.get("tool")), faces=faces, sha256=sha256_bytes(data))
    except ValidationError as error:
        raise BadInput(expected, first(error), str(path)) from error
    except OSError as error:
        raise unreadable(error, expected, str(path)) from error
    except BadInput:
        raise
    except (ValueError, RecursionError) as error:
        raise BadInput(expected, "text that is not JSON", str(path)) from error


def pixels_sha256(mask: Image) -> str:
    """The hash of a mask of 0 and 255, independent of its file format."""
    return sha256_bytes(f"{mask.shape[0]}x{mask.shape[1]}".encode() + mask.tobytes())


def face_of(path: str, stem: str, review: Review, report: ReportProblem) -> ReviewFace | None:
    """The face with this id, padded or not; None, and a Problem, if it was not exported."""
    face = review.by_id.get(id_of(stem) if is_number(stem) else stem)
    if face is None:
        report(Problem(path=path, expected="a face of this review", got=f"the unknown face {stem!r}"))
    return face


def verdict_of(ticked: Mapping[str, bool], path: str, report: ReportProblem) -> str | None:
    """The ticked verdict. Two ticked verdicts and unknown names are Problems."""
    names = sorted(name for name, on in ticked.items() if on)
    unknown = [name for name in names if name not in REVIEW_VERDICTS]
    if unknown or len(names) > 1:
        report(
            Problem(path=path, expected=f"one of {', '.join(REVIEW_VERDICTS)} or none", got=", ".join(names))
        )
        return None
    return REVIEW_VERDICTS[names[0]] if names else None


def verdict_named(name: str) -> str | None:
    """The verdict of this name, in any case; None for another name."""
    plain = name.strip().lower()
    return plain if plain in REVIEW_VERDICTS else None


def ticked(flags: Mapping[str, object]) -> dict[str, bool]:
    """Which flags are set, verdicts under their own names. Raises BadInput for one that cannot be read."""
    found: dict[str, bool] = {}
    for name, value in flags.items():
        key = verdict_named(name) or name
        found[key] = read_flag(value, name) or found.get(key, False)
    return found


def is_as_sent(answer: Answer) -> bool:
    """Whether an answer is what was exported: the same mask, or as the tool returns it, and no verdict."""
    sent = (answer.face.mask_pixels, answer.face.returned_pixels)
    return answer.verdict is None and (answer.mask is None or pixels_sha256(answer.mask) in sent)


def file_date(path: Path) -> str:
    """The day on which a file was last changed, in UTC."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()


# What a value is not, by the kind of fault that pydantic names.
_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "nothing",
        "json_invalid": "text that is not JSON",
        "string": "no text",
        "int": "no whole number",
        "float": "no number",
        "finite": "no finite number",
        "bool": "no flag",
        "list": "no list",
        "tuple": "no list of the right length",
        "dict": "no object",
        "model": "no object",
    }
)


def first(error: ValidationError) -> str:
    """The first fault of a JSON file, with its place."""
    fault = error.errors(include_url=False)[0]
    where, kind = ".".join(str(part) for part in fault["loc"]), str(fault["type"])
    words = _FAULTS.get(kind) or _FAULTS.get(kind.partition("_")[0], "a value of another kind")
    return f"{where}: {words}" if where else words
