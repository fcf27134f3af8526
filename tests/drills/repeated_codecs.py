"""Codecs that do everything several times, in a worker that renders."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import cv2
import kornia_rs
import numpy as np
import simplejpeg

from manifests.shard_plan import ShardPlan
from natocc import codecs
from tasks.render import sample
from tasks.render.shard import RenderedShard, render_shard

PLANE_TIMES, PICTURE_TIMES = 22, 4
_counts: Counter[str] = Counter()


class DifferentBytes(RuntimeError):
    """A codec gave another result for equal input."""


def render_repeatedly(
    plan: ShardPlan, bank: str, bank_sha256: str, out: str, weights: str | None
) -> tuple[RenderedShard, Counter[str], int]:
    """The shard, how often each codec ran for it, and the worker's process number.

    Raises DifferentBytes if a codec gives two results for one input.
    """
    _repeat_codecs()
    _counts.clear()
    rendered = render_shard(plan, bank, bank_sha256, out, weights)
    return rendered, Counter(_counts), os.getpid()


def _repeat_codecs() -> None:
    if getattr(sample.encode_png, "repeats", False):
        return
    sample.encode_png = _repeated("deflate", codecs.encode_png, PLANE_TIMES)  # type: ignore[attr-defined]
    cv2.imencode = _repeated("cv2.imencode", cv2.imencode)
    cv2.imdecode = _repeated("cv2.imdecode", cv2.imdecode)
    simplejpeg.decode_jpeg = _repeated("simplejpeg", simplejpeg.decode_jpeg)
    kornia_rs.io.decode_image_png_u8 = _repeated("kornia_rs", kornia_rs.io.decode_image_png_u8)


def _repeated(name: str, function: Callable[..., Any], times: int = PICTURE_TIMES) -> Callable[..., Any]:
    """The function, run ``times`` times, on copies of its input that lie elsewhere in memory."""

    def run(*arguments: Any, **options: Any) -> Any:
        first = function(*arguments, **options)
        for turn in range(1, times):
            again = function(*(_moved(value, turn) for value in arguments), **options)
            if not _equal(first, again):
                raise DifferentBytes(f"{name}: run {turn + 1} of {times} gave another result")
        _counts[name] += times
        return first

    run.repeats = True  # type: ignore[attr-defined]
    return run


def _moved(value: Any, turn: int) -> Any:
    """An array copied to an address of another alignment, behind memory that held other values."""
    if not isinstance(value, np.ndarray):
        return value
    memory = np.full(value.nbytes + 64 + turn, 37 * turn % 256, np.uint8)
    copy = memory[turn : turn + value.nbytes].view(value.dtype).reshape(value.shape)
    copy[...] = value
    return copy


def _equal(first: Any, again: Any) -> bool:
    if isinstance(first, tuple):
        return all(_equal(*pair) for pair in zip(first, again, strict=True))
    return bool(np.array_equal(first, again)) if isinstance(first, np.ndarray) else bool(first == again)
