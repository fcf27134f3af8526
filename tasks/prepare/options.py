"""How a bank is to be made: what the command's options say."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from assets.bank.reader import Bank
from assets.datasets.hands.selection import COUNT
from natocc.occluders.bank_files import INDEX
from shards import storage


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareOptions:
    """``objects``: ``default``, ``all``, or a file of annotation ids. ``hands``: how many without a list."""

    objects: str = "default"
    # Names in the order of choice, with commas between: the first that is there is taken.
    upscaler: str = "lanczos"
    # The folder of the networks' weights; None is where ``natocc weights`` puts them.
    weights: str | None = None
    # What a network runs on (``auto``, ``cpu``, ``cuda``), and in which precision.
    device: str = "auto"
    precision: str = "float32"
    policy: str = "voo"
    hands: int = COUNT
    # Whether occluders of some classes and subjects are kept for testing.
    hold_out: bool = True


def options_of(bank: str) -> PrepareOptions:
    """The options a bank was made with, so that it can be made again alike; where there is none, the usual.

    Raises ValueError for a bank of an earlier kind, which does not say.
    """
    if not storage.exists(storage.join(bank, INDEX)):
        return PrepareOptions()
    said = Bank(bank).index.get("options")
    if said is None:
        raise ValueError(f"{bank}: expected the options it was made with, got none; run natocc prepare first")
    return TypeAdapter(PrepareOptions).validate_python(said)
