"""Classes of a parsing map that a mirror image exchanges: l_ and r_ name the side of the image."""

from __future__ import annotations

from natocc.masks.policy import CLASS_IDS

SIDE_PAIRS = tuple((CLASS_IDS[f"l_{part}"], CLASS_IDS[f"r_{part}"]) for part in ("eye", "brow", "ear"))
