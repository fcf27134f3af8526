"""The datasets of really occluded faces, used for evaluation only."""

from __future__ import annotations

from assets.datasets.cofw.reader import COFW
from assets.datasets.realocc import REALOCC, REALOCC_WILD

SOURCES = (REALOCC, REALOCC_WILD, COFW)
