"""Load RRDBNet from published weights with any of the three naming schemes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, count, shape
from models.checkpoints.names import StateDict
from models.checkpoints.read import CheckpointSource, named, read_content
from models.checkpoints.select import unwrapped
from models.rrdb.network import RRDBConfig, RRDBNet

# Naming schemes of ESRGAN's release and of its earlier training code; the first match is replaced.
_RELEASED = {
    r"RRDB_trunk\.(\d+)\.RDB(\d)\.(conv\d)\.": r"body.\1.rdb\2.\3.",
    r"trunk_conv\.": "conv_body.",
    r"upconv(\d)\.": r"conv_up\1.",
    r"HRconv\.": "conv_hr.",
}
_NUMBERED = {
    r"model\.0\.": "conv_first.",
    r"model\.1\.sub\.(\d+)\.RDB(\d)\.(conv\d)\.0\.": r"body.\1.rdb\2.\3.",
    r"model\.1\.sub\.\d+\.(?=weight$|bias$)": "conv_body.",
    r"model\.3\.": "conv_up1.",
    r"model\.6\.": "conv_up2.",
    r"model\.8\.": "conv_hr.",
    r"model\.10\.": "conv_last.",
}
_MARKERS = ("conv_first.weight", "model.0.weight")


def load_rrdbnet(source: CheckpointSource, name: str | None = None) -> RRDBNet:
    """Load a file of ESRGAN, Real-ESRGAN or BasicSR, on the CPU, in eval mode.

    ``source`` is the file's path or its bytes; error messages start with ``name``. Scale, blocks
    and widths follow from the tensor shapes. Raises FileNotFoundError, and ValueError unless the file
    holds exactly the tensors of RRDBNet.
    """
    name = named(source, name)
    return rrdbnet_from(read_content(source, name), name)


def rrdbnet_from(content: object, name: str = "checkpoint") -> RRDBNet:
    """Build RRDBNet from the content of a file; the tensors stay on their device."""
    state = renamed(unwrapped(content, _MARKERS, name), name)
    config = infer_rrdb(state, name)
    return build_strict(lambda: RRDBNet(config), state, name)


def renamed(state: Mapping[str, Tensor], name: str = "checkpoint") -> StateDict:
    """Rename every tensor to its BasicSR name; unknown names stay. Raises ValueError if two names collide."""
    replacements = _NUMBERED if "model.0.weight" in state else _RELEASED
    result: StateDict = {}
    for key, value in state.items():
        new = key
        for pattern, replacement in replacements.items():
            new, hits = re.subn(rf"^{pattern}", replacement, key)
            if hits:
                break
        if new in result:
            raise ValueError(f"{name}: expected one tensor for {new}, got a second one named {key}")
        result[new] = value
    return result


def infer_rrdb(state: Mapping[str, Tensor], name: str = "checkpoint") -> RRDBConfig:
    """Infer the configuration from shapes under BasicSR names. Raises ValueError for other tensors."""
    width, channels = shape(state, "conv_first.weight", 4, name)[:2]
    scales = {3: 4, 12: 2, 48: 1}
    if channels not in scales:
        raise ValueError(f"{name}: expected conv_first of 3, 12 or 48 channels (x4, x2, x1), got {channels}")
    growth = shape(state, "body.0.rdb1.conv1.weight", 4, name)[0]
    blocks = count(state, "body.", ".rdb1.conv1.weight")
    return RRDBConfig(scale=scales[channels], blocks=blocks, width=width, growth=growth)
