"""The output folder of a training, checked before anything is read: writable, and of no other kind."""

from __future__ import annotations

from typing import Literal

from shards import storage
from shards.check_output import check_folder
from tasks.training.state import decode_state

TrainingKind = Literal["segmenter", "harmoniser", "upscaler"]
_CHECKPOINT = "checkpoint.pt"
# Files that tell the kind of a training that wrote them.
_KINDS: dict[str, TrainingKind] = {
    "segmenter.pt": "segmenter",
    "harmonizer.safetensors": "harmoniser",
    "upscaler.safetensors": "upscaler",
    "state.pt": "upscaler",
}
# Settings that only one of the two kinds with a checkpoint.pt has.
_SETTINGS: dict[str, TrainingKind] = {"network": "segmenter", "crop": "harmoniser"}


def check_training_folder(out: str, kind: TrainingKind) -> None:
    """Raise OSError if ``out`` can't be written, FileExistsError if it holds another kind of training.

    Two kinds would overwrite each other's metrics and previews.
    """
    check_folder(out)
    names = storage.list_names(out)
    found = {name: _KINDS[name] for name in names if name in _KINDS}
    if _CHECKPOINT in names and (owner := _kind_of_state(storage.join(out, _CHECKPOINT))):
        found[_CHECKPOINT] = owner
    for name, other in found.items():
        if other != kind:
            raise FileExistsError(
                f"{out}: expected a folder without another kind of training, got {name} of a training of "
                f"{'an' if other == 'upscaler' else 'a'} {other}; use another --out"
            )


def _kind_of_state(url: str) -> TrainingKind | None:
    settings = decode_state(storage.read_bytes(url), url).settings
    return next((kind for name, kind in _SETTINGS.items() if name in settings), None)
