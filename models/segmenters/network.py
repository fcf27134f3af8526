"""What a network has to be so that it can be trained and used as a segmenter of faces."""

from __future__ import annotations

from torch import nn


class FaceSegmenter(nn.Module):
    """Image to one logit a pixel: above 0 is visible face.

    Input: float (N, 3, H, W), RGB in [0, 1]. Output: float (N, 1, H, W).
    """

    # Height and width are multiples of this.
    multiple: int
