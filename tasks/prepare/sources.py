"""What there is to prepare: a stream of inputs for each kind and source, and the function for one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from assets.datasets.celebamask.reader import read_faces
from assets.datasets.coco.reader import FOLDER as OBJECTS
from assets.datasets.coco.voo_objects import read_voo_objects, voo_folder
from assets.datasets.dtd.reader import FOLDER as TEXTURES
from assets.datasets.dtd.reader import read_textures
from assets.datasets.evaluation import SOURCES
from assets.datasets.faceocc.reader import faceocc_folder, read_faceocc_cutouts, read_faceocc_textures
from assets.datasets.hands.reader import FOLDER as HANDS
from assets.datasets.hands.reader import read_hands
from assets.datasets.realocc import OccludedSource, read_occluded_faces
from assets.problems import Problem, Report
from assets.reading.folders import relative
from assets.records import RawObject
from tasks.prepare.entry import Prepared
from tasks.prepare.faces.evaluation import prepare_evaluated
from tasks.prepare.faces.face import prepare_face
from tasks.prepare.occluders.cutouts import prepare_cutout
from tasks.prepare.occluders.hands_textures import prepare_hand, prepare_texture
from tasks.prepare.occluders.objects import prepare_objects
from tasks.prepare.options import PrepareOptions
from tasks.prepare.upscaling.choose import Upscaler

# Inputs a shard. By count and not by bytes: a changed input must not move those after it.
PER_SHARD = 256
# Of those that a network takes seconds for fewer, as a killed run begins its shards anew.
PER_SLOW_SHARD = 32
# Inputs that a worker takes at a time; of those that each take seconds one.
CHUNK, ALONE = 8, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """``read`` yields inputs in a fixed order; ``options`` are those that decide the bytes."""

    name: str  # of its shards: <name>-000000.tar
    # What makes an entry of an input; with the inputs' values its source decides the bytes.
    module: str
    read: Callable[[Report], Iterable[Any]]
    # The inputs of a chunk, in order. What comes of one must not depend on the others.
    prepare: Callable[[list[Any]], list[Prepared]]
    chunk: int = field(default_factory=lambda: CHUNK)
    per_shard: int = field(default_factory=lambda: PER_SHARD)
    options: tuple[str, ...] = ()
    # None for what is composited; faces to test on lie in one shard, whatever their number.
    evaluation: OccludedSource | None = None


def streams_of(
    raw: Path, chosen: list[RawObject], options: PrepareOptions, upscaler: Upscaler
) -> list[Stream]:
    """The streams of the datasets that are there, in the bank's order; ``upscaler`` is for ``chosen``."""
    return [
        *_composited(raw, chosen, options, upscaler),
        *(
            Stream(
                name=source.name,
                module=prepare_evaluated.__module__,
                read=partial(read_occluded_faces, raw, source=source),
                prepare=_each(prepare_evaluated, raw=raw, source=source),
                evaluation=source,
            )
            for source in SOURCES
            if (raw / source.folder).is_dir()
        ),
    ]


def _composited(
    raw: Path, chosen: list[RawObject], options: PrepareOptions, upscaler: Upscaler
) -> Iterator[Stream]:
    face = _each(prepare_face, raw=raw, policy=options.policy)
    yield Stream(
        name="face",
        module=prepare_face.__module__,
        read=partial(read_faces, raw),
        prepare=face,
        options=(options.policy,),
    )
    if (raw / OBJECTS).is_dir():
        yield Stream(
            name="object",
            module=prepare_objects.__module__,
            read=lambda report: chosen,
            prepare=partial(prepare_objects, raw=raw, upscaler=upscaler),
            chunk=ALONE if upscaler.device == "cpu" else CHUNK,
            per_shard=PER_SHARD if upscaler.network is None else min(PER_SLOW_SHARD, PER_SHARD),
            options=upscaler.decides,
        )
    cutout = _each(prepare_cutout, raw=raw)
    if voo_folder(raw) is not None:
        yield Stream(
            name="object_voo",
            module=prepare_cutout.__module__,
            read=partial(read_voo_objects, raw),
            prepare=cutout,
        )
    if faceocc_folder(raw) is not None:
        yield Stream(
            name="object_faceocc",
            module=prepare_cutout.__module__,
            read=partial(read_faceocc_cutouts, raw),
            prepare=cutout,
        )
    if (raw / HANDS).is_dir():
        hands = partial(read_hands, raw, count=options.hands, hold_out=options.hold_out)
        yield Stream(
            name="hand", module=prepare_hand.__module__, read=hands, prepare=_each(prepare_hand, raw=raw)
        )
    texture = _each(prepare_texture, raw=raw)
    if (raw / TEXTURES).is_dir():
        textures = partial(read_textures, raw, hold_out=options.hold_out)
        yield Stream(name="texture", module=prepare_texture.__module__, read=textures, prepare=texture)
    if faceocc_folder(raw) is not None:
        yield Stream(
            name="texture_faceocc",
            module=prepare_texture.__module__,
            read=partial(read_faceocc_textures, raw),
            prepare=texture,
        )


def distinct(items: Iterable[Any], raw: Path, report: Report) -> Iterator[Any]:
    """The items whose id none before them has: 7.jpg and 007.jpg are one name, a second id 5 no other."""
    first: dict[str, str] = {}
    for item in items:
        where = relative(item.image, raw)
        if item.id in first:
            got = f"the id {item.id} of {first[item.id]}"
            report(Problem(path=where, expected="an id of its own", got=got))
            continue
        first[item.id] = where
        yield item


def _each(prepare: Callable[..., Prepared], **fixed: Any) -> Callable[[list[Any]], list[Prepared]]:
    """``prepare`` for every input of a chunk."""
    return partial(_one_by_one, partial(prepare, **fixed))


def _one_by_one(prepare: Callable[[Any], Prepared], items: list[Any]) -> list[Prepared]:
    return [prepare(item) for item in items]
