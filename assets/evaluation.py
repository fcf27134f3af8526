"""The datasets of really occluded faces, which are tested on."""

from __future__ import annotations

from assets.cofw import COFW
from assets.realocc import REALOCC, REALOCC_WILD

SOURCES = (REALOCC, REALOCC_WILD, COFW)
