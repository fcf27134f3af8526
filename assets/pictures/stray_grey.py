"""Grey in a mask: edges may be soft; elsewhere grey is a photograph, a label map or has a meaning."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assets.problems import BadInput
from assets.wording import count_of
from natocc.geometry import Image

# Smoothing and resizing leave grey values within this distance of the edge: pixels, or a share of the mask's
# long side where that is more.
_REACH, _SHARE_OF_SIDE = 8, 1 / 128
# Lanczos' enlargement by four rings farther, by a few levels.
_FAINT, _FARTHER = 16, 2
# Levels by which compression changes black and white far from the edge.
_NOISE = 32
# A photograph of fine texture has an edge everywhere.
_MOST_GREY = 0.5
_WHAT = "is it a photograph or a map of classes?"


def refuse_stray_grey(stored: Image, plane: Image, *, lossy: bool) -> None:
    """Raise BadInput if ``stored`` (uint8 HxW, 0 to 255) has grey that no soft edge explains.

    ``plane`` is the mask cut from it, uint8 HxW of 0 and 255. ``lossy``: the file's compression changes
    values a little, which is allowed.
    """
    off = cv2.absdiff(stored, plane)
    grey = off > (_NOISE if lossy else 0)
    if not grey.any():
        return
    share = float(grey.mean())
    if share > _MOST_GREY:
        raise BadInput("a mask of 0 and 255, or of 0 and 1", f"grey on {share:.0%} of it; {_WHAT}")
    reach = max(_REACH, round(max(stored.shape) * _SHARE_OF_SIDE))
    stray = grey & _is_far(plane, reach) & ((off > _FAINT) | _is_far(plane, _FARTHER * reach))
    if stray.any():
        expected = f"a mask of 0 and 255, or of 0 and 1, with grey within {reach} pixels of its edge alone"
        count = count_of(int(np.count_nonzero(stray)), "grey pixels")
        raise BadInput(expected, f"{count} elsewhere, the first of {stored[stray][0]}; {_WHAT}")


def _is_far(plane: Image, reach: int) -> NDArray[np.bool_]:
    """HxW, True where the mask is the same within ``reach`` pixels, in rows and columns."""
    around = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return np.asarray(cv2.dilate(plane, around) == cv2.erode(plane, around))
