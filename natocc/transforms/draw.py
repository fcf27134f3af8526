"""An occlusion drawn from a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from natocc.face import Face
from natocc.harmonise.statistics import harmonise_statistics
from natocc.occluders.bank import OccluderBank
from natocc.occluders.occluder import Occluder
from natocc.profiles import Profile
from natocc.randomness import Streams
from natocc.render.compose import Composite, render
from natocc.render.draw import Switches, draw_params
from natocc.render.gates import judge
from natocc.render.params import Params
from natocc.transforms.report import OcclusionReport, report_applied, report_untouched
from natocc.verdicts import KEPT

# Number of draws in one call before the faces are returned unchanged.
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Occlusion:
    """The report, and the finished sample of each face; None for an unchanged face."""

    report: OcclusionReport
    composites: tuple[Composite | None, ...]
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """Profile, occluders and weights from which occlusions are drawn."""

    occluders: OccluderBank
    # Of the occluders, by kind.
    names: Mapping[str, tuple[str, ...]]
    # By kind.
    weights: Mapping[str, float]
    profile: Profile
    switches: Switches
    # Name of the random stream.
    stream: str

    def draw_share(self, seed: int) -> float:
        """The number in [0, 1) that decides whether a call occludes."""
        return float(Streams(seed, self.stream, "").stage("apply").random())

    def draw(self, faces: Sequence[Face], seed: int) -> Occlusion:
        """Draw one occlusion for all faces, judged on the first face that is not empty.

        If the profile's gates reject it, it is drawn again a few times. The same seed gives the same result.
        """
        first = next((number for number, face in enumerate(faces) if not face.box.empty), None)
        if first is None:
            return untouched("no_face", seed, len(faces))
        reason = ""
        for attempt in range(_ATTEMPTS):
            streams = Streams(seed, self.stream, str(attempt))
            kind, name = self._choose(streams)
            occluder = self.occluders.pool_for(kind)[name]
            params = self._draw_params(faces[first], occluder, kind, streams)
            composite = _render(faces[first], occluder, params)
            verdict = judge(composite, occluder, params, self.profile)
            if verdict == KEPT:
                after = render_faces(faces[first + 1 :], occluder, params)
                return applied(name, seed, params, (*[None] * first, composite, *after))
            reason = verdict.reason
        return untouched(reason, seed, len(faces))

    def _choose(self, streams: Streams) -> tuple[str, str]:
        """A kind by its weight, and the name of one of its occluders."""
        rng = streams.stage("occluder")
        kinds, weights = list(self.weights), np.cumsum(list(self.weights.values()))
        kind = kinds[int(np.searchsorted(weights, rng.random() * weights[-1], side="right"))]
        return kind, self.names[kind][int(rng.integers(len(self.names[kind])))]

    def _draw_params(self, face: Face, occluder: Occluder, kind: str, streams: Streams) -> Params:
        """Draw without changes of the whole picture: a training repository has its own flips and blurs."""
        params = draw_params(face, occluder, kind, self.profile, self.switches, streams)
        params = replace(params, face_jpeg=None)
        return replace(params, final_affine=None, final_blur=None, final_tone=None, final_flip=False)


def render_faces(faces: Sequence[Face], occluder: Occluder, params: Params) -> tuple[Composite | None, ...]:
    """The finished sample of each face, None for an empty one."""
    return tuple(None if face.box.empty else _render(face, occluder, params) for face in faces)


def applied(occluder: str, seed: int, params: Params, composites: tuple[Composite | None, ...]) -> Occlusion:
    """The occlusion by an occluder, given by its name in the bank."""
    made = [composite for composite in composites if composite is not None]
    report = report_applied(occluder, seed, params, made)
    return Occlusion(report=report, composites=composites, opacity=params.opacity)


def untouched(reason: str, seed: int, count: int) -> Occlusion:
    """An occlusion that leaves all ``count`` faces unchanged."""
    return Occlusion(report=report_untouched(reason, seed), composites=(None,) * count)


def _render(face: Face, occluder: Occluder, params: Params) -> Composite:
    return render(face, occluder, params, harmonise_statistics if params.harmonise else None)
