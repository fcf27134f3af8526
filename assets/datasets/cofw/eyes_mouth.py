"""Eye centres and mouth corners of a face of COFW, by which it is aligned."""

from __future__ import annotations

import numpy as np

from assets.datasets.cofw.face import CofwFace
from natocc.resize.face_crop import FacePoints, Position

# Of the 29 points, counted from 1: outer and inner corner, upper and lower lid; left is the picture's left.
# The mean of these four is nearest to that of dlib's six, which are the corners and two points a lid.
_LEFT_EYE, _RIGHT_EYE = (9, 11, 13, 14), (10, 12, 15, 16)
_MOUTH_LEFT, _MOUTH_RIGHT = 23, 24


def eyes_and_mouth(face: CofwFace) -> FacePoints:
    """The points in pixels of the face's image. The file counts pixels from 1."""
    points = np.asarray(face.landmarks, np.float64) - 1

    def mean(*numbers: int) -> Position:
        x, y = points[[number - 1 for number in numbers]].mean(axis=0)
        return float(x), float(y)

    return FacePoints(
        left_eye=mean(*_LEFT_EYE),
        right_eye=mean(*_RIGHT_EYE),
        mouth_left=mean(_MOUTH_LEFT),
        mouth_right=mean(_MOUTH_RIGHT),
    )
