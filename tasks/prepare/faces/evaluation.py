"""Really occluded faces into the bank: a shard a dataset, beside the bank's own and out of training."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from assets.datasets.realocc import OccludedSource
from assets.problems import Problem, conversions
from assets.reading.folders import relative
from assets.records import RawOccludedFace
from tasks.prepare.entry import Prepared, refuse
from tasks.prepare.faces.face import prepare_occluded_face

_PLAIN_MASK = "a mask of 0 and 1, or of 0 and 255, and of nothing between"


def prepare_evaluated(face: RawOccludedFace, raw: Path, source: OccludedSource) -> Prepared:
    """As ``prepare_occluded_face``; ``json`` says the dataset too.

    A label to test on must not be guessed at: a mask with other values than 0 and 1, or 0 and 255, is
    refused. A picture of another size than published is noted.
    """
    done = prepare_occluded_face(face, raw)
    if done.entry is None:
        return done
    mask = relative(face.mask, raw)
    if any(one.path == mask and "grey edges" in one.got for one in done.problems):
        return refuse(mask, _PLAIN_MASK, "grey values")
    facts = json.loads(done.members["json"]) | {"dataset": source.dataset}
    noted: tuple[Problem, ...] = ()
    if source.side not in (None, done.entry.width) or source.side not in (None, done.entry.height):
        expected, size = f"{source.side}x{source.side}", f"size {done.entry.width}x{done.entry.height}"
        noted = conversions(done.entry.source, expected, (size,))
    members = done.members | {"json": json.dumps(facts).encode()}
    return replace(done, members=members, problems=done.problems + noted)
