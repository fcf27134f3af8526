"""Arguments of the transforms, checked."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from numbers import Integral
from os import PathLike, fspath

from natocc.occluders.bank import OccluderBank
from natocc.profiles import PROFILES, Profile

# Names in a sample that the report may not use.
_TAKEN = {"image", "images", "mask", "masks", "alpha", "bboxes", "keypoints"}
_TAKEN |= {"volume", "volumes", "mask3d", "masks3d"}


def check_bank(what: str, occluders: object) -> OccluderBank:
    """Return the bank itself. Raises TypeError for anything else."""
    if isinstance(occluders, OccluderBank):
        return occluders
    bank, folder, got = "data/bank", "cutouts", f"a {type(occluders).__name__}"
    if isinstance(occluders, str | PathLike):
        bank = folder = fspath(occluders)
        got = f"the path {bank!r}"
    elif occluders is None:
        got = "None"
    raise TypeError(
        f"{what}: expected an OccluderBank, got {got}; give natocc.load_occluders({bank!r}) for a prepared "
        f"bank, natocc.OccluderBank(objects=natocc.load_cutouts({folder!r})) for a folder of cut-outs"
    )


def check_profile(what: str, profile: str | Profile) -> Profile:
    """The profile, given as such or by name. Raises ValueError for anything else."""
    if isinstance(profile, Profile):
        return profile
    if profile not in PROFILES:
        raise ValueError(f"{what}: expected profile {', '.join(PROFILES)} or a Profile, got {profile!r}")
    return PROFILES[profile]


def check_kind_weights(what: str, weights: Mapping[str, float], occluders: OccluderBank) -> dict[str, float]:
    """Weights above 0, by kind. Raises ValueError unless the bank has occluders of each kind."""
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights.values()):
        raise ValueError(f"{what}: expected weights of 0 or more, got {dict(weights)}")
    positive = {kind: float(weight) for kind, weight in weights.items() if weight > 0}
    missing = [kind for kind in positive if not occluders.pool_for(kind)]
    if not positive or missing:
        got = f"no {missing[0]} in {occluders}" if missing else f"{dict(weights)}"
        raise ValueError(f"{what}: expected kinds with a weight and occluders of each, got {got}")
    return positive


def check_share(what: str, share: float) -> float:
    """Return a number in 0-1. Raises ValueError for any other."""
    if not 0 <= share <= 1:
        raise ValueError(f"{what} in 0-1, got {share}")
    return share


def check_labels(
    what: str, face_classes: Collection[int] | None, occluded_value: int
) -> tuple[int, ...] | None:
    """The face's classes. Raises ValueError unless they are integers without ``occluded_value``."""
    if not isinstance(occluded_value, Integral):
        raise ValueError(f"{what}: expected occluded_value as an integer, got {occluded_value!r}")
    if face_classes is None:
        return None
    if isinstance(face_classes, str) or not isinstance(face_classes, Collection):
        raise ValueError(f"{what}: expected face_classes as integers, like (1, 2), got {face_classes!r}")
    if occluded_value in face_classes:
        raise ValueError(
            f"{what}: expected occluded_value outside face_classes, got {occluded_value} in both"
        )
    return tuple(face_classes)


def check_report(what: str, report: str) -> str:
    """The key of the report. Raises ValueError if a picture or another target uses this key."""
    if not isinstance(report, str) or report in _TAKEN:
        raise ValueError(f"{what}: expected a free name for the report, like 'occlusion', got {report!r}")
    return report
