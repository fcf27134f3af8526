from __future__ import annotations

import numpy as np
import pytest

from manifests.recipes.train.schedule import known_schedules, load_schedule
from tasks.training.segmenter.feed.reading.decode import LabelledPicture
from tasks.training.segmenter.feed.views.named import AUGMENTATIONS, augmentation_named


def sample() -> LabelledPicture:
    label = np.zeros((32, 32), np.uint8)
    label[8:24, 4:20] = 1
    return LabelledPicture(
        image=np.repeat(label[..., None] * np.uint8(150) + np.uint8(50), 3, 2), label=label
    )


def test_every_schedule_has_one() -> None:
    assert {load_schedule(name).augmentation for name in known_schedules()} <= set(AUGMENTATIONS)
    with pytest.raises(
        ValueError, match="augmentation: expected one of none, voo, faceocc, small, got 'odd'"
    ):
        augmentation_named("odd")


@pytest.mark.parametrize("name", ["voo", "faceocc", "small"])
def test_picture_and_label_stay_together(name: str) -> None:
    agreeing = []
    for seed in range(30):
        found = AUGMENTATIONS[name](sample(), "mask", np.random.default_rng(seed))
        values = set(np.unique(found.label).tolist())
        assert values <= ({0, 1, 255} if name == "voo" else {0, 1})
        bright = found.image.mean(2)
        inside = found.label == 1
        agreeing.append(bright[inside].mean() > bright[found.label == 0].mean() + 5)
    assert np.mean(agreeing) > 0.9


def test_half_of_voo_s_pictures_are_turned_and_no_more_than_30_degrees() -> None:
    turned = [
        (AUGMENTATIONS["voo"](sample(), "mask", np.random.default_rng(seed)).label == 255).any()
        for seed in range(200)
    ]
    assert 70 < sum(turned) < 130
