"""Interface of networks that can be trained and used as face segmenters."""

from __future__ import annotations

from torch import nn


class FaceSegmenter(nn.Module):
    """Predicts one logit per pixel: above 0 is visible face.

    Input: float (N, 3, H, W), RGB in [0, 1]. Output: float (N, 1, H, W).
    """

    # Input height and width are multiples of this.
    multiple: int
