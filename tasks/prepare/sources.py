"""Sources of inputs to prepare, one or more for each dataset, each with its function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from assets.datasets.celebamask.reader import read_faces
from assets.datasets.coco.reader import COCO_FOLDER
from assets.datasets.coco.voo_objects import read_voo_objects, voo_folder
from assets.datasets.dtd.reader import DTD_FOLDER, read_textures
from assets.datasets.evaluation import SOURCES
from assets.datasets.faceocc.reader import faceocc_folder, read_faceocc_cutouts, read_faceocc_textures
from assets.datasets.hands.reader import HANDS_FOLDER, read_hands
from assets.datasets.realocc import OccludedSource, read_occluded_faces
from assets.problems import Problem, ReportProblem
from assets.reading.folders import relative
from assets.records import Frame, RawObject
from tasks.prepare.faces.evaluation import prepare_evaluated
from tasks.prepare.faces.face import prepare_face
from tasks.prepare.occluders.cutouts import prepare_cutout
from tasks.prepare.occluders.hands_textures import prepare_hand, prepare_texture
from tasks.prepare.occluders.objects import prepare_objects
from tasks.prepare.options import PrepareOptions
from tasks.prepare.upscaling.choose import Upscaler

# Inputs in a shard; one has 0.5 to 1.5 times as many. It is a number of inputs, not of bytes, since a changed
# input must not move others.
PER_SHARD = 256
# Fewer where a network takes seconds for each, since a killed run makes its unfinished shards again.
PER_SLOW_SHARD = 32
# Inputs that a worker takes at a time; one where each takes seconds.
CHUNK, ALONE = 8, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSource:
    """``read`` yields inputs, whose ids are stable; ``function`` makes an entry of each.

    The function is called with the input, the raw folder as ``raw`` and ``arguments``; with ``by_chunk``
    it takes the inputs of a chunk and returns their entries in order. An entry must not depend on the other
    inputs.
    """

    name: str  # its shards are <name>-<lower end of their hashes>-<hash of the file>.tar
    read: Callable[[ReportProblem], Iterable[Any]]
    function: Callable[..., Any]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    by_chunk: bool = False
    chunk: int = field(default_factory=lambda: CHUNK)
    per_shard: int = field(default_factory=lambda: PER_SHARD)
    # The dataset of faces for evaluation, which always lie in one shard; None for other inputs.
    evaluation: OccludedSource | None = None

    @property
    def cache_fields(self) -> dict[str, Any]:
        """The arguments that determine an entry's bytes, for its key."""
        return {
            name: value.cache_fields if isinstance(value, Upscaler) else value
            for name, value in self.arguments.items()
        }

    @property
    def network(self) -> bool:
        """Return whether a network is used."""
        return any(isinstance(value, Upscaler) and value.network for value in self.arguments.values())


def find_sources(
    raw: Path, chosen: list[RawObject], options: PrepareOptions, upscaler: Upscaler
) -> list[InputSource]:
    """The sources of the datasets present, in the bank's order; ``upscaler`` enlarges ``chosen``."""
    sources = [*_composited(raw, chosen, options, upscaler), *_evaluated(raw)]
    return [replace(source, read=partial(with_frame, source.read, options.frame)) for source in sources]


def _evaluated(raw: Path) -> Iterator[InputSource]:
    for source in SOURCES:
        if (raw / source.folder).is_dir():
            yield InputSource(
                name=source.name,
                read=partial(read_occluded_faces, raw, source=source),
                function=prepare_evaluated,
                arguments={"source": source},
                evaluation=source,
            )


def with_frame(
    read: Callable[[ReportProblem], Iterable[Any]], frame: Frame | None, report: ReportProblem
) -> Iterator[Any]:
    """The inputs, those of unknown frame with ``frame``."""
    for item in read(report):
        known = item.origin.frame or frame
        yield item if known is None else replace(item, origin=replace(item.origin, frame=known))


def _composited(
    raw: Path, chosen: list[RawObject], options: PrepareOptions, upscaler: Upscaler
) -> Iterator[InputSource]:
    yield InputSource(
        name="face",
        read=partial(read_faces, raw),
        function=prepare_face,
        arguments={"policy": options.policy},
    )
    if (raw / COCO_FOLDER).is_dir():
        yield InputSource(
            name="object",
            read=lambda report: chosen,
            function=prepare_objects,
            arguments={"upscaler": upscaler},
            by_chunk=True,
            chunk=ALONE if upscaler.device == "cpu" else CHUNK,
            per_shard=PER_SHARD if upscaler.network is None else min(PER_SLOW_SHARD, PER_SHARD),
        )
    if voo_folder(raw) is not None:
        yield InputSource(name="object_voo", read=partial(read_voo_objects, raw), function=prepare_cutout)
    if faceocc_folder(raw) is not None:
        cutouts = partial(read_faceocc_cutouts, raw)
        yield InputSource(name="object_faceocc", read=cutouts, function=prepare_cutout)
    if (raw / HANDS_FOLDER).is_dir():
        hands = partial(read_hands, raw, count=options.hands, hold_out=options.hold_out)
        yield InputSource(name="hand", read=hands, function=prepare_hand)
    if (raw / DTD_FOLDER).is_dir():
        textures = partial(read_textures, raw, hold_out=options.hold_out)
        yield InputSource(name="texture", read=textures, function=prepare_texture)
    if faceocc_folder(raw) is not None:
        yield InputSource(
            name="texture_faceocc", read=partial(read_faceocc_textures, raw), function=prepare_texture
        )


def distinct(items: Iterable[Any], raw: Path, report: ReportProblem) -> Iterator[Any]:
    """Items without a repeated id. 7.jpg and 007.jpg have the same id; the second is a problem."""
    first: dict[str, str] = {}
    for item in items:
        where = relative(item.image, raw)
        if item.id in first:
            got = f"the id {item.id} of {first[item.id]}"
            report(Problem(path=where, expected="an id of its own", got=got))
            continue
        first[item.id] = where
        yield item
