"""The occlusions that a training can draw, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from natocc.kinds import KINDS
from natocc.occluders.bank import OccluderBank
from tasks.training.segmenter.feed.occlusion.erase import EraseRectangle
from tasks.training.segmenter.feed.occlusion.paste import PasteCutout
from tasks.training.segmenter.feed.occlusion.step import OccludedLabel, OcclusionStep
from tasks.training.segmenter.feed.occlusion.transform import natocc_step, randocc_step

# Names of kinds of cut-outs and of random shapes (natocc/kinds.py).
CUT_OUT_KINDS = tuple(sorted(name for name, kind in KINDS.items() if kind.pool and not kind.random_shape))
_SHAPE_KINDS = tuple(name for name, kind in KINDS.items() if kind.random_shape)
# Least side of pictures that the transforms take (docs/transforms.md).
_TRANSFORMS_FROM = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOcclusion:
    """How an occlusion is made from occluders, those of its kinds that are drawn, and the target's labels."""

    name: str
    make: Callable[[OccluderBank, Sequence[str], OccludedLabel], OcclusionStep]
    # Kinds of occluders that it can draw; empty: it needs no bank.
    kinds: tuple[str, ...] = ()
    # Least side of the pictures.
    least_size: int = 1

    @property
    def draws_cut_outs(self) -> bool:
        return self.kinds == CUT_OUT_KINDS


def _paste(occluders: OccluderBank, kinds: Sequence[str], labels: OccludedLabel) -> OcclusionStep:
    return PasteCutout(occluders=occluders, kinds=tuple(kinds), labels=labels)


def _erase(occluders: OccluderBank, kinds: Sequence[str], labels: OccludedLabel) -> OcclusionStep:
    return EraseRectangle(labels=labels)


_ROWS = (
    NamedOcclusion(name="natocc", make=natocc_step, kinds=CUT_OUT_KINDS, least_size=_TRANSFORMS_FROM),
    NamedOcclusion(name="randocc", make=randocc_step, kinds=_SHAPE_KINDS, least_size=_TRANSFORMS_FROM),
    NamedOcclusion(name="paste", make=_paste, kinds=CUT_OUT_KINDS),
    NamedOcclusion(name="erase", make=_erase),
)
OCCLUSIONS: Mapping[str, NamedOcclusion] = MappingProxyType({row.name: row for row in _ROWS})


def pools_of(kinds: Iterable[str]) -> tuple[str, ...]:
    """The pools of the bank that kinds are drawn from, each once."""
    pools = (KINDS[kind].pool for kind in kinds)
    return tuple(dict.fromkeys(pool.name for pool in pools if pool is not None))
