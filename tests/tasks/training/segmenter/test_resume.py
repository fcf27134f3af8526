from __future__ import annotations

from pathlib import Path

import pytest

from shards.storage import write_bytes
from tasks.training.checkpoint import CheckpointCallback, OtherTraining
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.resume import deciding_settings, resume_or_replace
from tasks.training.segmenter.start import new_training, start_segmenter
from tasks.training.state import TrainingState, encode_state
from tests.tasks.training.segmenter.feed.feeds import feed_of, version

SMALL = SegmenterOptions(size=16, steps=2, batch=2, width=8, device="cpu")


def test_settings_are_what_decides_the_weights_and_not_how_it_runs(tmp_path: Path) -> None:
    feed = feed_of(version(tmp_path))

    def settings(**options: object) -> dict[str, object]:
        given = SMALL.replaced(**options)
        schedule = given.full_schedule()
        return deciding_settings(given, schedule, start_segmenter(given, schedule), feed, None)

    assert settings() == settings(processes=2, loaders=1, every=7, max_samples=3)
    assert "occlusion" not in settings()
    changed = {"seed": 1, "steps": 3, "learning_rate": 0.5, "accumulate": 2, "select_on": "realocc"}
    for name, value in changed.items():
        assert settings(**{name: value}) != settings(), name


@pytest.mark.parametrize(("name", "kept"), [("network", True), ("occlusion", True), ("pictures", False)])
def test_the_state_of_other_pictures_is_replaced_and_that_of_another_network_kept(
    name: str, kept: bool, tmp_path: Path
) -> None:
    schedule = SMALL.full_schedule()
    module = new_training(start_segmenter(SMALL, schedule).network, SMALL, schedule, pictures=4)
    ours = {"network": "unet", "pictures": "b", "occlusion": "none"}
    url = str(tmp_path / "checkpoint.pt")
    state = TrainingState(
        step=1,
        settings=ours | {name: "another"},
        networks={"network": module.network.state_dict()},
        optimisers=[],
    )
    write_bytes(url, encode_state(state))
    checkpoint = CheckpointCallback(url, every=1, settings=ours)
    if kept:
        with pytest.raises(OtherTraining, match=f"got that of another: {name} another"):
            resume_or_replace(checkpoint, module)
        return
    assert resume_or_replace(checkpoint, module) == (0, (f"{url}: the state of another training, replaced",))
    assert module.step == 0
