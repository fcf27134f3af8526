"""Both labels of a face: the corrected ones, and those by policy from its raw parts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from assets.bank.reader import CORRECTED, Entry
from natocc.labels import LabelSource

# The members with the labels by policy of a face whose mask.png is corrected. Another face has them in
# mask.png and parsing.png, and its table says so: its category is not CORRECTED.
POLICY_MASK, POLICY_PARSING = "mask_policy.png", "parsing_policy.png"


def is_corrected(face: Entry) -> bool:
    """Whether the face's mask.png is not the policy's: corrected by hand, or by FaceOcc's annotation."""
    return face.category == CORRECTED


def lacks_policy_labels(face: Entry, *, parsing: bool) -> bool:
    """Whether an earlier release prepared the face, with no other labels than the corrected ones."""
    needed = {POLICY_MASK, POLICY_PARSING} if parsing else {POLICY_MASK}
    return is_corrected(face) and not needed <= face.members.keys()


def count_masks(entries: Iterable[Entry]) -> dict[str, int]:
    """The numbers of faces with a corrected mask and with the policy's."""
    counts = Counter(
        CORRECTED if is_corrected(entry) else "policy" for entry in entries if entry.kind == "face"
    )
    return {source: counts[source] for source in get_args(LabelSource)}
