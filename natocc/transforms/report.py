"""The report of a transform. It is flat and its keys are fixed, so a DataLoader can collate it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from natocc.kinds import NONE
from natocc.render.compose import Composite
from natocc.render.params import Params, params_adapter

# Keys and values as docs/transforms.md lists them.
OcclusionReport = dict[str, object]


def report_applied(
    occluder: str, seed: int, params: Params, composites: Sequence[Composite]
) -> OcclusionReport:
    """Report an occluder, by its name in the bank, on the faces of one or more composites."""
    hidden = sum(composite.hidden_ratio for composite in composites) / len(composites)
    return report_untouched("", seed) | {
        "applied": True,
        "kind": params.kind,
        "occluder": occluder,
        "hidden_ratio": hidden,
        "reach_px": max(composite.reach_px for composite in composites),
        "opacity": params.opacity,
        "params": json.dumps(asdict(params)),
    }


def report_untouched(reason: str, seed: int) -> OcclusionReport:
    """Report an unchanged sample."""
    return {
        "applied": False,
        "reason": reason,
        "kind": NONE,
        "occluder": "",
        "seed": seed,
        "hidden_ratio": 0.0,
        "reach_px": 0,
        "opacity": 1.0,
        "params": "{}",
    }


def params_from_report(text: str) -> Params:
    """The frozen record from a report; raises pydantic's ValidationError (a ValueError) naming the field."""
    return params_adapter().validate_json(text)
