"""Interface of networks that can be trained and used as segmenters."""

from __future__ import annotations

from torch import Tensor, nn


class FaceSegmenter(nn.Module):
    """Predicts scores per pixel.

    Input: float (N, 3, H, W), RGB in [0, 1]; a network that expects other values normalises them itself.
    Output: float (N, ``classes``, H, W). With one class, a logit above 0 is visible face. With more, the
    highest score decides; with two, class 1 is visible face.
    """

    # Output channels.
    classes: int = 1
    # Input height and width are multiples of this.
    multiple: int = 1

    def training_scores(self, images: Tensor) -> tuple[Tensor, ...]:
        """Return the scores of all heads, the main one first; each (N, ``classes``, H, W).

        A network with an auxiliary head overrides this. Its ``forward`` omits that head.
        """
        return (self(images),)
