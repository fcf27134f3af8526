from __future__ import annotations

import numpy as np

from natocc.resize.square import stretch_to_square


def test_a_smaller_picture_holds_means_and_a_larger_one_the_levels_between() -> None:
    image = np.zeros((4, 8, 3), np.uint8)
    image[:, ::2] = 200
    assert (stretch_to_square(image, 2) == 100).all()
    assert stretch_to_square(image, 8).shape == (8, 8, 3)
    assert np.array_equal(stretch_to_square(image[:, :4], 4), image[:, :4])
