"""Where a training may write, and where it would overwrite another kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.training.folder import TrainingKind, check_training_folder
from tasks.training.state import TrainingState, encode_state


def state(**settings: object) -> bytes:
    return encode_state(TrainingState(step=1, settings=settings, networks={}, optimisers=[]))


FILES: dict[str, tuple[TrainingKind, bytes]] = {
    "segmenter.pt": ("segmenter", b""),
    "harmonizer.safetensors": ("harmoniser", b""),
    "upscaler.safetensors": ("upscaler", b""),
    "state.pt": ("upscaler", b""),
}
KINDS: tuple[TrainingKind, ...] = ("segmenter", "harmoniser", "upscaler")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_goes_on_in_its_own_folder_alone(tmp_path: Path, kind: TrainingKind) -> None:
    states = {"a": ("segmenter", state(network="unet")), "b": ("harmoniser", state(crop=0.5))}
    named = [(name, *file) for name, file in FILES.items()]
    named += [("checkpoint.pt", *file) for file in states.values()]
    for number, (name, owner, data) in enumerate(named):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_bytes(data)
        (folder / "metrics.json").write_bytes(b"{}")
        if owner == kind:
            check_training_folder(str(folder), kind)
            continue
        with pytest.raises(FileExistsError) as error:
            check_training_folder(str(folder), kind)
        article = "an" if owner == "upscaler" else "a"
        assert str(error.value) == (
            f"{folder}: expected a folder without another kind of training, got {name} of a training of "
            f"{article} {owner}; use another --out"
        )


def test_a_new_folder_is_left_to_the_training(tmp_path: Path) -> None:
    check_training_folder(str(tmp_path / "new"), "segmenter")
    assert not (tmp_path / "new").exists()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError, match="expected a folder, got a file"):
        check_training_folder(str(tmp_path / "file"), "segmenter")
