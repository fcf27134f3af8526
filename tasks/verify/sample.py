"""The rules of the format for one sample (docs/format.md); each broken rule is a finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from manifests.sample import BadMetadata, read_fields, read_metadata, type_problems
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from natocc.labels import OCCLUSION_CLASS, hidden_ratio, occluded, visible_mask

REQUIRED = ("jpg", "mask.png", "alpha.png", "json")
# Of the json of every schema.
FIELDS = (
    "key",
    "kind",
    "set",
    "seed",
    "profile",
    "opacity",
    "hidden_ratio",
    "reach_px",
    "face",
    "occluder",
    "params",
    "backends",
    "licences",
)
# Side of a coded block of a 4:2:0 JPEG, in pixels.
JPEG_BLOCK = 16


def check_sample(key: str, members: dict[str, bytes]) -> list[str]:
    """All findings about one sample; none for a sound one."""
    absent = [name for name in REQUIRED if name not in members]
    if absent:
        return [f"{key}: expected members {', '.join(REQUIRED)}, {', '.join(absent)} missing"]
    try:
        if problems := list(type_problems(read_fields(members["json"], key))):
            return [f"{key}: {problem}" for problem in problems]
        metadata = read_metadata(members["json"], key)
        pictures = {name: decode_rgb(data) for name, data in members.items() if name.endswith("jpg")}
        planes = {name: decode_plane(data) for name, data in members.items() if name.endswith("png")}
        return [f"{key}: {finding}" for finding in _findings(key, metadata, pictures, planes)]
    except BadMetadata as error:
        return [str(error)]
    except Exception as error:
        # Damaged members raise errors of any kind: texts in place of numbers, lists in place of fields.
        return [f"{key}: expected readable members, got {type(error).__name__}: {error}"]


def _findings(
    key: str, metadata: dict[str, Any], pictures: dict[str, Image], planes: dict[str, Image]
) -> Iterator[str]:
    absent = [name for name in FIELDS if name not in metadata]
    if absent:
        yield f"json: expected fields {', '.join(absent)}, missing"
        return
    if metadata["key"] != key:
        yield f"json: expected key {key!r}, got {metadata['key']!r}"
    size = pictures["jpg"].shape[:2]
    wrong = {name: plane.shape[:2] for name, plane in (pictures | planes).items() if plane.shape[:2] != size}
    if wrong:
        yield f"expected every member to be {size[0]}x{size[1]}, got {wrong}"
        return
    alpha, opacity, mask = planes["alpha.png"], metadata["opacity"], planes["mask.png"]
    if mask.max() > 1:
        yield f"mask.png: expected values 0 and 1, got {int(mask.max())}"
        return
    if (mask.astype(bool) & occluded(alpha, opacity)).any():
        yield "mask.png: expected no visible face where alpha/(255·opacity) ≥ 0.5, got some"
    if "clean_mask.png" in planes:
        yield from _label_findings(metadata, planes["clean_mask.png"], mask, alpha)
    if "parsing.png" in planes:
        marked = planes["parsing.png"] == OCCLUSION_CLASS
        if (marked != occluded(alpha, opacity)).any():
            where = "exactly where the occluder is"
            yield f"parsing.png: expected class {OCCLUSION_CLASS} {where}, got other pixels"
    if "clean.jpg" in pictures:
        yield from _reach_findings(metadata["reach_px"], pictures["jpg"], pictures["clean.jpg"], alpha)


def _label_findings(metadata: dict[str, Any], clean_mask: Image, mask: Image, alpha: Image) -> Iterator[str]:
    expected = visible_mask(clean_mask, alpha, metadata["opacity"])
    off = int(np.count_nonzero(expected != mask))
    if off:
        yield f"mask.png: expected clean_mask AND alpha/(255·opacity) < 0.5, {off} pixels differ"
    hidden = hidden_ratio(clean_mask, mask)
    if abs(hidden - metadata["hidden_ratio"]) > 1e-6:
        yield f"json: expected hidden_ratio {hidden:.6f} from the masks, got {metadata['hidden_ratio']}"


def _reach_findings(reach: int, image: Image, clean: Image, alpha: Image) -> Iterator[str]:
    """Beyond the occluder's reach and one coded block the pictures must be equal to one level."""
    side = 2 * (reach + JPEG_BLOCK) + 1
    near = cv2.dilate((alpha > 0).astype(np.uint8), np.ones((side, side), np.uint8))
    apart = cv2.absdiff(image, clean).max(axis=2)
    worst = int(apart[near == 0].max(initial=0))
    if worst > 1:
        beyond = f"beyond reach_px {reach} + {JPEG_BLOCK}"
        yield f"expected jpg and clean.jpg equal to 1 level {beyond}, got {worst}"
