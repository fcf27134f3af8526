"""How a bank is to be made: what the command's options say."""

from __future__ import annotations

from dataclasses import dataclass

from assets.hand_selection import COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareOptions:
    """``objects``: ``default``, ``all``, or a file of annotation ids. ``hands``: how many without a list."""

    objects: str = "default"
    upscaler: str = "lanczos"
    policy: str = "voo"
    hands: int = COUNT
    # Whether occluders of some classes and subjects are kept for testing.
    hold_out: bool = True
