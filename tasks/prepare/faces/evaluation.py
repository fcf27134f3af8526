"""Prepare a really occluded face, for testing only. Each dataset has a shard beside the bank's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from assets.bank.reader import Entry
from assets.datasets.realocc import OccludedSource
from assets.pictures.frame import mask_upright
from assets.pictures.mask import read_mask
from assets.pictures.photograph import Picture, read_image
from assets.pictures.polarity import FACE_MASK, check_subject
from assets.problems import BadInput, Problem, conversions
from assets.reading.folders import relative
from assets.records import RawOccludedFace
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from tasks.prepare.entry import Prepared, make_entry, read_from, refuses_bad_input
from tasks.prepare.faces.labels import conversions_of_face_mask, size_text

_EXPECTED = "an upright 8-bit colour JPEG"
_PLAIN_MASK = "a mask of 0 and 1, or of 0 and 255, and of nothing between"


@refuses_bad_input
def prepare_evaluated(face: RawOccludedFace, raw: Path, source: OccludedSource) -> Prepared:
    """Keep ``jpg`` unchanged and write ``mask.png`` of 0 and 1 at its size.

    Labels for testing are not guessed: a mask with other values than 0 and 1, or 0 and 255, is refused. A
    picture that differs from the published size is reported.
    """
    where = relative(face.image, raw)
    picture = read_from(read_image, face.image, raw)
    mask, problems = read_visible_face(face, picture, raw)
    entry = make_entry("face", face.id, "occluded", where, face.origin, picture, mask.shape[:2])
    metadata = {"id": face.id, "source": where, "photo": entry.photo, "licence": entry.licence}
    metadata |= {"person": entry.person} if entry.person else {}
    metadata |= {"dataset": source.dataset}
    members = {
        "jpg": picture.data if picture.plain_jpeg else encode_jpeg(picture.rgb),
        "mask.png": encode_png((mask > 0).astype(np.uint8)),
        "json": json.dumps(metadata).encode(),
    }
    return Prepared(
        entry=entry,
        members=members,
        problems=(*conversions(where, _EXPECTED, picture.notes), *problems, *_other_size(entry, source)),
    )


def read_visible_face(
    face: RawOccludedFace, picture: Picture, raw: Path
) -> tuple[Image, tuple[Problem, ...]]:
    """The mask of a really occluded face, uint8 HxW of 0 and 255, and its conversions.

    ``picture`` is its photograph. Raises BadInput as ``check_visible_face``.
    """
    mask, notes = read_from(read_mask, face.mask, raw)
    mask = mask_upright(mask, picture, face.origin.frame, relative(face.image, raw))
    return mask, check_visible_face(mask, notes, face.mask, picture.rgb, raw)


def check_visible_face(
    mask: Image, notes: tuple[str, ...], path: Path, image: Image, raw: Path
) -> tuple[Problem, ...]:
    """What was converted in a mask, and doubts about its polarity. ``notes`` are those of reading ``path``.

    Raises BadInput for another size than ``image`` has, an empty or inverted mask, and grey values.
    """
    where = relative(path, raw)
    if mask.shape != image.shape[:2]:
        raise BadInput(f"a mask of its photograph's size {size_text(image)}", size_text(mask), where)
    if not mask.any():
        raise BadInput("a mask with pixels", "an empty mask", where)
    problems = conversions_of_face_mask(path, notes, raw)
    if any("grey edges" in problem.got for problem in problems):
        raise BadInput(_PLAIN_MASK, "grey values", where)
    return (*problems, *check_subject(mask, FACE_MASK, where))


def _other_size(entry: Entry, source: OccludedSource) -> tuple[Problem, ...]:
    """A note on a picture that differs from the published size."""
    if source.side is None or (entry.width, entry.height) == (source.side, source.side):
        return ()
    expected, got = f"{source.side}x{source.side}", f"size {entry.width}x{entry.height}"
    return (Problem(path=entry.source, expected=expected, got=got, action="noted"),)
