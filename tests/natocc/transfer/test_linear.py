from __future__ import annotations

import sys

import numpy as np
import ot
import pytest
import skimage.data

from natocc.transfer.apply import Transfer, transfer_colours
from natocc.transfer.linear import linear_map
from tests.natocc.inputs import face

HAND = np.ascontiguousarray(skimage.data.chelsea()[60:260, 100:300])
MASK = np.full((200, 200), 255, np.uint8)


def test_mean_and_covariance_become_the_faces() -> None:
    matrix, offset = linear_map(HAND, MASK, face().image, face().mask * np.uint8(255))
    moved, skin = HAND.reshape(-1, 3) @ matrix + offset, face().image[face().mask > 0].astype(float)
    assert np.allclose(moved.mean(0), skin.mean(0), atol=0.01)
    assert np.allclose(np.cov(moved.T), np.cov(skin.T), rtol=0.02, atol=2)
    assert np.allclose(matrix, matrix.T, atol=1e-6), "the optimal map is symmetric"


def test_it_is_pots_own_linear_transport() -> None:
    skin = face().image[face().mask > 0]
    solver = ot.da.LinearTransport(reg=1 / 12).fit(
        Xs=HAND.reshape(-1, 3).astype(float), Xt=skin.astype(float)
    )
    expected = solver.transform(Xs=HAND.reshape(-1, 3).astype(float)).reshape(HAND.shape)
    matrix, offset = linear_map(HAND, MASK, face().image, face().mask * np.uint8(255))
    assert np.abs(HAND @ matrix + offset - expected).max() < 0.5


def test_without_pot_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ot", None)
    target = face().image, face().mask * np.uint8(255)
    with pytest.raises(ModuleNotFoundError, match=r"pip install natocc\[oracles\]"):
        transfer_colours(HAND, MASK, *target, Transfer(strength=1, seed=1, method="linear"))


def test_a_hand_of_one_colour_is_moved_to_the_mean() -> None:
    flat = np.full((50, 50, 3), 90, np.uint8)
    matrix, offset = linear_map(flat, MASK[:50, :50], face().image, face().mask * np.uint8(255))
    assert np.allclose(flat[0, 0] @ matrix + offset, face().image[face().mask > 0].mean(0), atol=0.1)
