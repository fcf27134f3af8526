"""Prepare a chunk of objects for the bank: cut out, enlarge together, finish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assets.bank.reader import Entry
from assets.pictures.photograph import read_image
from assets.problems import BadInput
from assets.reading.folders import relative
from assets.records import RawObject
from natocc.codecs import encode_png
from natocc.geometry import Box, Image
from natocc.masks.rle import decode_runs, measure_runs
from natocc.resize.scale import limit_long_side
from tasks.prepare.entry import Prepared, fine_jpeg, make_entry, refuse
from tasks.prepare.occluders.finish import LONG_SIDE, finish_cut_out
from tasks.prepare.occluders.matte import Matte, make_matte, outline_runs, polygons_within, upright_outline
from tasks.prepare.upscaling.choose import FACTOR, Upscaler
from tasks.prepare.upscaling.crops import Enlargement, enlarge_crops

# Margin around an object, as a share of its box; upscalers need context at the object's edge.
_CONTEXT = 0.08


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cut:
    """An object with a margin: ``crop`` uint8 HxWx3, ``mask`` uint8 HxW of 0 and 255.

    ``box`` is its place in the photograph; ``polygons`` are in the crop's pixels. ``blank`` is its row
    without the size; ``notes`` name conversions on reading.
    """

    thing: RawObject
    blank: Entry
    notes: tuple[str, ...]
    box: Box
    crop: Image
    mask: Image
    polygons: list[list[float]]


def prepare_objects(things: Sequence[RawObject], raw: Path, upscaler: Upscaler) -> list[Prepared]:
    """Cut instances out and enlarge them four times, long side at most 1024; results are in order.

    The crop of the photograph is kept as ``context.jpg`` and its matte, of the same size, as
    ``context.png``, so that the object can be enlarged again without the photograph.
    """
    cuts = [cut_object(thing, raw) for thing in things]
    enlarged = enlarge_crops([cut.crop for cut in cuts if isinstance(cut, Cut)], upscaler)
    return [finish_object(cut, next(enlarged)) if isinstance(cut, Cut) else cut for cut in cuts]


def cut_object(thing: RawObject, raw: Path) -> Cut | Prepared:
    """The object in its surroundings, long side at most 1024, or its refusal."""
    where = f"{relative(thing.image, raw)} annotation {int(thing.id)}"
    try:
        picture = read_image(thing.image)
    except BadInput as error:
        return refuse(where, error.expected, error.got)
    try:
        outline, size = upright_outline(thing, picture, where)
        runs = outline_runs(outline, size)
        box, area = measure_runs(runs, size)
    except BadInput as error:
        return refuse(where, error.expected, error.got)
    if not area:
        return refuse(where, "an annotation with pixels inside the photograph", "an empty one")
    box = box.grow(2 + round(_CONTEXT * max(box.width, box.height)), size)
    mask = decode_runs(runs, size, box)
    # The size is limited, since a large object needs no more pixels and enlarging it would fill the memory.
    crop, small = (limit_long_side(plane, LONG_SIDE) for plane in (picture.rgb[box.slices], mask))
    small = np.where(small > 127, 255, 0).astype(np.uint8)
    return Cut(
        thing=thing,
        blank=make_entry("object", thing.id, thing.category, where, thing.origin, picture, (0, 0)),
        notes=picture.notes,
        box=box,
        # A copy, so that the photograph's memory is freed.
        crop=crop.copy(),
        mask=small,
        polygons=polygons_within(outline, box, small.shape),
    )


def finish_object(cut: Cut, enlarged: Enlargement) -> Prepared:
    """The matte and the enlarged colours in the bank's form."""
    thing, matte = cut.thing, make_matte(cut.crop, cut.mask, cut.polygons)
    metadata: dict[str, object] = {"category": thing.category, "annotation": int(thing.id)}
    metadata |= {**enlarged.metadata, **matte.metadata, "context": _context(cut, matte), **thing.metadata}
    # Another upscaler needs these instead of the photograph.
    kept = {"context.jpg": fine_jpeg(cut.crop), "context.png": encode_png(matte.alpha)}
    done = finish_cut_out(cut.blank, cut.notes, enlarged.pixels, matte.large, metadata, FACTOR, kept)
    return replace(done, counted=enlarged.counted) if done.entry else done


def _context(cut: Cut, matte: Matte) -> dict[str, object]:
    """The box of ``context.jpg`` in pixels of the photograph, and the factor of enlargement.

    If the matte comes from the annotation alone, the polygons are included, in pixels of ``context.jpg``.
    """
    drawn = matte.metadata["matte"] == "outline" and cut.polygons
    polygons = {"outline": cut.polygons} if drawn else {}
    place = {"x": cut.box.x0, "y": cut.box.y0, "width": cut.box.width, "height": cut.box.height}
    return {**place, "factor": FACTOR, **polygons}
