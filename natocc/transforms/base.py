"""What NatOcc and RandOcc share: image and mask in; image, mask, matte and a report out."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NoReturn

import numpy as np
from numpy.typing import NDArray

from natocc.face import Face
from natocc.geometry import Image, mask_box
from natocc.harmonise.statistics import harmonise_statistics
from natocc.labels import occluded
from natocc.masks.classes import Mask, check_mask, face_pixels, mark_hidden
from natocc.occluders.bank import OccluderBank
from natocc.occluders.occluder import Occluder
from natocc.profiles import PROFILES, Profile
from natocc.randomness import Streams
from natocc.render.compose import Composite, render
from natocc.render.draw import Switches, draw_params
from natocc.render.gates import judge
from natocc.render.params import Params
from natocc.transforms.albumentations_base import Base, next_seed
from natocc.transforms.report import Report, parse_params, report_applied, report_untouched
from natocc.verdicts import KEPT

# Draws for one call before a face is given back as it came.
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """A finished sample, or None and the reason why there is none."""

    report: Report
    composite: Composite | None = None
    opacity: float = 1.0


class Occluding(Base):
    """Occlude the face that ``mask`` shows (docs/transforms.md).

    Randomness comes from ``random_generator`` alone, which Compose sets: one 32-bit seed a call.
    """

    _stream: ClassVar[str]

    def __init__(
        self,
        occluders: OccluderBank,
        *,
        kinds: Mapping[str, float],
        profile: str | Profile = "best",
        face_classes: Collection[int] | None = None,
        occluded_value: int = 0,
        everywhere: bool = False,
        report: str = "occlusion",
        p: float = 0.5,
    ) -> None:
        if not 0 <= p <= 1:
            raise ValueError(f"{self._name}: expected p in 0-1, got {p}")
        super().__init__(p=p)
        if isinstance(profile, str) and profile not in PROFILES:
            raise ValueError(f"{self._name}: expected profile {', '.join(PROFILES)}, got {profile!r}")
        if not all(math.isfinite(weight) and weight >= 0 for weight in kinds.values()):
            raise ValueError(f"{self._name}: expected weights of 0 or more, got {dict(kinds)}")
        if report in ("image", "mask", "masks", "alpha"):
            raise ValueError(f"{self._name}: expected a name of its own for the report, got {report!r}")
        self.occluders = occluders
        self.kinds = {kind: float(weight) for kind, weight in kinds.items() if weight > 0}
        empty = [kind for kind in self.kinds if not occluders.pool_for(kind)]
        if not self.kinds or empty:
            came = f"no {empty[0]} in {occluders}" if empty else f"{dict(kinds)}"
            raise ValueError(f"{self._name}: expected kinds with a weight and occluders of each, got {came}")
        self.profile = PROFILES[profile] if isinstance(profile, str) else profile
        if face_classes is not None and occluded_value in face_classes:
            raise ValueError(
                f"{self._name}: expected occluded_value outside face_classes, got {occluded_value} in both"
            )
        self.face_classes = None if face_classes is None else tuple(face_classes)
        self.occluded_value, self.everywhere, self.report = occluded_value, everywhere, report
        self._switches = Switches()
        self._names = {kind: tuple(occluders.pool_for(kind)) for kind in self.kinds}

    @property
    def _name(self) -> str:
        return type(self).__name__

    def __call__(self, *args: Any, force_apply: bool = False, **data: Any) -> dict[str, Any]:
        """``image`` RGB uint8 HxWx3 and ``mask`` HxW in; the same, ``alpha`` and the report out.

        Every other key is passed on. Raises ValueError for arrays of another kind.
        """
        image, mask = self._checked(args, data)
        seed = next_seed(self.random_generator)
        drawn = self._streams(seed, "").stage("apply").random()
        if not force_apply and drawn >= self.p:
            return self._finished(data, image, mask, _untouched("not_drawn", seed))
        return self._finished(data, image, mask, self._occlude(image, mask, seed))

    def occlude(self, *, seed: int, **data: Any) -> dict[str, Any]:
        """The same with a given seed and whatever ``p``: one seed, one result."""
        image, mask = self._checked((), data)
        return self._finished(data, image, mask, self._occlude(image, mask, seed))

    def replay(self, *, occlusion: Mapping[str, Any], **data: Any) -> dict[str, Any]:
        """Render again what a report describes, from its parameters alone: nothing is drawn.

        Raises ValueError where the bank has no occluder of that name.
        """
        image, mask = self._checked((), data)
        if not occlusion["applied"]:
            return self._finished(data, image, mask, _Outcome(report=dict(occlusion)))
        params = parse_params(occlusion["params"])
        held = self.occluders.pool_for(params.kind)
        if occlusion["occluder"] not in held:
            raise ValueError(
                f"{self._name}.replay: expected the occluder {occlusion['occluder']!r} in the bank, "
                "got none of that name; use the bank that the sample was made with"
            )
        composite = _render(self._face(image, mask), held[occlusion["occluder"]], params)
        outcome = _Outcome(report=dict(occlusion), composite=composite, opacity=params.opacity)
        return self._finished(data, image, mask, outcome)

    def set_deterministic(self, flag: bool, save_key: str = "replay") -> NoReturn:
        """ReplayCompose asks for this; it would leave the occluder out of a replay without a word."""
        raise ValueError(
            f"{self._name}: expected A.Compose, got A.ReplayCompose, which cannot store occluders; "
            f"replay with {self._name}.replay(image=…, mask=…, occlusion=…)"
        )

    def _checked(self, args: tuple[Any, ...], data: Mapping[str, Any]) -> tuple[Image, Mask]:
        image, mask = data.get("image"), data.get("mask")
        if args or image is None or mask is None:
            came = f"{len(args)} unnamed and {', '.join(data) or 'none'}"
            raise ValueError(f"{self._name}: expected image=… and mask=…, got {came}")
        fits = isinstance(image, np.ndarray) and image.ndim == 3 and image.shape[2] == 3 and image.size
        if not fits or image.dtype != np.uint8:
            came = f"{image.dtype} {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
            raise ValueError(
                f"{self._name}: expected image as RGB uint8 HxWx3, got {came}; "
                "occlude before normalising and before conversion to float or tensor"
            )
        if self.report in data:
            raise ValueError(
                f"{self._name}: expected no key {self.report!r} in the sample yet, got one; "
                "where two transforms follow each other, give one another name: report='occlusion_2'"
            )
        before = data.get("alpha")
        if before is not None and (before.dtype != np.uint8 or before.shape != image.shape[:2]):
            came = f"{before.dtype} {before.shape}"
            raise ValueError(f"{self._name}: expected alpha as uint8 HxW like the image, got {came}")
        for name in self._mask_names(data):
            check_mask(f"{self._name}: {name}", data[name], image.shape[:2], self.occluded_value)
        return np.ascontiguousarray(image), np.asarray(mask)

    def _mask_names(self, data: Mapping[str, Any]) -> list[str]:
        """``mask`` and the additional targets that Compose was told are masks, ``alpha`` excepted."""
        named = [name for name, target in self._additional_targets.items() if target == "mask"]
        if "masks" in data:
            raise ValueError(f"{self._name}: expected mask=… and additional targets, got masks=…")
        return [name for name in ("mask", *named) if name != "alpha" and data.get(name) is not None]

    def _face(self, image: Image, mask: Mask) -> Face:
        face = face_pixels(mask, self.face_classes, self.occluded_value)
        return Face(image=image, mask=face, parsing=None, box=mask_box(face))

    def _occlude(self, image: Image, mask: Mask, seed: int) -> _Outcome:
        """Draw, render, judge; where the profile's limits refuse it, draw anew a few times."""
        face = self._face(image, mask)
        if face.box.empty:
            return _untouched("no_face", seed)
        for attempt in range(_ATTEMPTS):
            streams = self._streams(seed, str(attempt))
            kind, name, occluder = self._choose(streams)
            params = _unfinished(draw_params(face, occluder, kind, self.profile, self._switches, streams))
            composite = _render(face, occluder, params)
            verdict = judge(composite, occluder, params, self.profile)
            if verdict == KEPT:
                report = report_applied(name, seed, params, composite)
                return _Outcome(report=report, composite=composite, opacity=params.opacity)
        return _untouched(verdict.reason, seed)

    def _streams(self, seed: int, sample: str) -> Streams:
        # A seed of Compose starts all its transforms alike; the report's name tells them apart.
        return Streams(seed, f"{self._stream} {self.report}", sample)

    def _choose(self, streams: Streams) -> tuple[str, str, Occluder]:
        rng = streams.stage("occluder")
        kinds, weights = list(self.kinds), np.cumsum(list(self.kinds.values()))
        kind = kinds[int(np.searchsorted(weights, rng.random() * weights[-1], side="right"))]
        name = self._names[kind][int(rng.integers(len(self._names[kind])))]
        return kind, name, self.occluders.pool_for(kind)[name]

    def _finished(
        self, data: Mapping[str, Any], image: Image, mask: Mask, outcome: _Outcome
    ) -> dict[str, Any]:
        result = dict(data)
        before, composite = data.get("alpha"), outcome.composite
        alpha = np.zeros(image.shape[:2], np.uint8) if composite is None else composite.alpha
        if composite is not None:
            hidden = occluded(alpha, outcome.opacity)
            result["image"] = composite.image
            for name in self._mask_names(data):
                result[name] = self._marked(data[name], hidden)
        result["alpha"] = alpha if before is None else _stacked(before, alpha)
        result[self.report] = dict(outcome.report)
        self.params = {} if composite is None else dict(outcome.report)
        return result

    def _marked(self, mask: Mask, hidden: NDArray[np.bool_]) -> Mask:
        if self.everywhere:
            return mark_hidden(mask, hidden, None, self.occluded_value)
        face = face_pixels(mask, self.face_classes, self.occluded_value)
        return mark_hidden(mask, hidden, face.view(np.bool_), self.occluded_value)


def _render(face: Face, occluder: Occluder, params: Params) -> Composite:
    return render(face, occluder, params, harmonise_statistics if params.harmonise else None)


def _unfinished(params: Params) -> Params:
    """Without the final stages: the training repository has its own flips and blurs."""
    return replace(params, final_affine=None, final_blur=None, final_tone=None, final_flip=False)


def _untouched(reason: str, seed: int) -> _Outcome:
    return _Outcome(report=report_untouched(reason, seed))


def _stacked(before: Image, after: Image) -> Image:
    """The matte of two occluders, one over the other: what shows through both shows through."""
    through = (255 - before.astype(np.uint16)) * (255 - after)
    return (255 - (through + 127) // 255).astype(np.uint8)
