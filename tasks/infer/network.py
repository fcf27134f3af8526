"""A segmenter ready to score pictures, by torch or by ONNX Runtime, which needs no torch."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from natocc.machine import Device
from shards import storage

# Of the ONNX files that export_model writes.
ONNX_ENDING, ONNX_METADATA = ".onnx", "natocc"
Floats32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyNetwork:
    """``scores``: float32 (N, 3, H, W), RGB in [0, 1], to float32 (N, ``classes``, H, W)."""

    scores: Callable[[Floats32], Floats32]
    # One class: a logit above 0 is face. More: the highest score decides.
    classes: int
    # Side of the square pictures that it was trained with.
    size: int
    # Height and width are multiples of this.
    multiple: int
    # False if it takes no other size than ``size``.
    any_size: bool
    # "parsing": the classes of parsing.png. "mask": visible face, or classes of another program.
    target: str
    # Where it runs; "" if that is not known.
    device: str = ""


def open_segmenter(checkpoint: str, device: Device = "auto") -> ReadyNetwork:
    """Open a checkpoint of torch or an ONNX file of ``natocc export-model``.

    Raises ValueError for other files, for a missing GPU, and for missing packages.
    """
    if checkpoint.lower().endswith(ONNX_ENDING):
        return _open_onnx(checkpoint, device)
    return _open_torch(checkpoint, device)


def _open_torch(checkpoint: str, device: Device) -> ReadyNetwork:
    from models.optional_packages import require_networks

    require_networks("natocc segment", ("torch",))
    import torch

    from models.device import choose_device, describe_device
    from models.segmenters.checkpoint import read_segmenter

    chosen = choose_device(device)
    stored = read_segmenter(storage.read_bytes(checkpoint), checkpoint)
    network = stored.network.to(chosen)

    def scores(images: Floats32) -> Floats32:
        with torch.inference_mode():
            found: Floats32 = network(torch.from_numpy(images).to(chosen)).float().cpu().numpy()
        return found

    return ReadyNetwork(
        scores=scores,
        classes=network.classes,
        size=stored.size,
        multiple=network.multiple,
        any_size=True,
        target=stored.metadata.target,
        device=describe_device(chosen),
    )


def _open_onnx(checkpoint: str, device: Device) -> ReadyNetwork:
    if find_spec("onnxruntime") is None:
        raise ValueError(
            f"{checkpoint}: expected the packages of the extra onnx, onnxruntime is not installed; "
            "run pip install -c constraints.txt -e '.[onnx]'"
        )
    import onnxruntime

    if device == "cuda" and "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        raise ValueError("--device: expected an ONNX Runtime with CUDA for cuda, got one without; use cpu")
    providers = ["CPUExecutionProvider"]
    if device != "cpu" and "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        providers.insert(0, "CUDAExecutionProvider")
    try:
        session = onnxruntime.InferenceSession(storage.read_bytes(checkpoint), providers=providers)
        metadata = session.get_modelmeta().custom_metadata_map
    except Exception as error:
        raise ValueError(
            f"{checkpoint}: expected an ONNX network, got other content ({_line(error)})"
        ) from error
    if ONNX_METADATA not in metadata:
        raise ValueError(
            f"{checkpoint}: expected an ONNX network of natocc export-model, got another's; export one"
        )
    facts: dict[str, Any] = json.loads(metadata[ONNX_METADATA])
    (given,), (wanted,) = session.get_inputs(), session.get_outputs()

    def scores(images: Floats32) -> Floats32:
        (found,) = session.run([wanted.name], {given.name: images})
        return np.asarray(found, np.float32)

    return ReadyNetwork(
        scores=scores,
        classes=int(facts["classes"]),
        size=int(facts["size"]),
        multiple=int(facts["multiple"]),
        any_size=False,
        target=str(facts["target"]),
    )


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
