"""Base class of NatOcc and RandOcc: image and mask in; image, mask, matte and a report out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, NoReturn

from natocc.occluders.bank import OccluderBank
from natocc.profiles import Profile
from natocc.randomness import Streams, draw_seed
from natocc.render.draw import Switches
from natocc.transforms import settings
from natocc.transforms.albumentations_base import Base, next_seed
from natocc.transforms.draw import Occlusion, Sampler, render_faces, untouched
from natocc.transforms.labels import Labels
from natocc.transforms.read_targets import read_targets
from natocc.transforms.report import params_from_report
from natocc.transforms.sample import Sample

DEFAULT_REPORT = "occlusion"


class Occluding(Base):
    """Occlude the face that ``mask`` shows (docs/transforms.md).

    Randomness comes only from ``random_generator``, which Compose sets: one 32-bit seed per call.
    """

    # Name of the random stream.
    _stream: ClassVar[str]

    def __init__(
        self,
        occluders: OccluderBank,
        *,
        kinds: Mapping[str, float],
        switches: Switches,
        profile: str | Profile,
        face_classes: Collection[int] | None,
        occluded_value: int,
        everywhere: bool,
        report: str,
        p: float,
    ) -> None:
        name = type(self).__name__
        super().__init__(p=settings.check_share(f"{name}: expected p", p))
        self.occluders = settings.check_bank(name, occluders)
        self.kinds = settings.check_kind_weights(name, kinds, self.occluders)
        self.profile = settings.check_profile(name, profile)
        self.face_classes = settings.check_labels(name, face_classes, occluded_value)
        self.occluded_value, self.everywhere = occluded_value, everywhere
        self.report = settings.check_report(name, report)
        self._labels = Labels(
            face_classes=self.face_classes, occluded_value=occluded_value, everywhere=everywhere
        )
        self._sampler = Sampler(
            occluders=self.occluders,
            names={kind: tuple(self.occluders.pool_for(kind)) for kind in self.kinds},
            weights=self.kinds,
            profile=self.profile,
            switches=switches,
            stream=self._stream,
        )

    def __call__(self, *args: Any, force_apply: bool = False, **data: Any) -> dict[str, Any]:
        """Occlude ``image`` by ``mask``, or ``images`` by ``masks``, with probability ``p``.

        Returns the data with ``alpha`` and the report; every other key is passed on. Raises
        ValueError for arrays that do not fit.
        """
        if args:
            raise ValueError(
                f"{type(self).__name__}: expected image=… and mask=…, got arguments without names"
            )
        sample, seed = self._read(data), self._next_seed()
        if not force_apply and self._sampler.draw_share(seed) >= self.p:
            return self._write(sample, untouched("not_drawn", seed, len(sample.images)))
        return self._write(sample, self._sampler.draw(sample.faces(self._labels), seed))

    def occlude(self, *, seed: int, **data: Any) -> dict[str, Any]:
        """Occlude with a given seed, regardless of ``p``. The same seed gives the same result."""
        sample = self._read(data)
        return self._write(sample, self._sampler.draw(sample.faces(self._labels), seed))

    def replay(self, *, occlusion: Mapping[str, Any], **data: Any) -> dict[str, Any]:
        """Render the occlusion of a report again from its parameters; nothing is drawn.

        Raises ValueError if the bank has no occluder of that name, or if no mask shows a face.
        """
        sample, name = self._read(data), f"{type(self).__name__}.replay"
        report = dict(occlusion)
        if not report["applied"]:
            return self._write(sample, Occlusion(report=report, composites=(None,) * len(sample.images)))
        params = params_from_report(report["params"])
        pool = self.occluders.pool_for(params.kind)
        if report["occluder"] not in pool:
            raise ValueError(
                f"{name}: expected the occluder {report['occluder']!r} in the bank, "
                "got none of that name; use the bank that the sample was made with"
            )
        composites = render_faces(sample.faces(self._labels), pool[report["occluder"]], params)
        if not any(composites):
            raise ValueError(
                f"{name}: expected the mask that the sample was made with, got one without a face"
            )
        return self._write(sample, Occlusion(report=report, composites=composites, opacity=params.opacity))

    def set_deterministic(self, flag: bool, save_key: str = "replay") -> NoReturn:
        """ReplayCompose calls this method. Its replay would silently omit the occluder."""
        name = type(self).__name__
        raise ValueError(
            f"{name}: expected A.Compose, got A.ReplayCompose, which cannot store occluders; "
            f"replay with {name}.replay(image=…, mask=…, occlusion=…)"
        )

    def _next_seed(self) -> int:
        """A seed for one call. Compose seeds all transforms alike; the report's name distinguishes them."""
        drawn = next_seed(self.random_generator)
        if self.report == DEFAULT_REPORT:
            return drawn
        return draw_seed(Streams(drawn, self._stream, self.report).stage("seed"))

    def _read(self, data: Mapping[str, Any]) -> Sample:
        return read_targets(
            type(self).__name__,
            data,
            additional=self._additional_targets,
            labels=self._labels,
            report=self.report,
        )

    def _write(self, sample: Sample, occlusion: Occlusion) -> dict[str, Any]:
        # Compose keeps these with save_applied_params.
        self.params = dict(occlusion.report) if occlusion.report["applied"] else {}
        return sample.write(occlusion, self._labels, self.report)
