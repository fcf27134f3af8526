"""A network's predictions of test sets, as rows of counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from tasks.benchmark.counts.measure import Predictor, measure_picture
from tasks.benchmark.sets.picture import TestSet
from tasks.infer.network import Floats32, ReadyNetwork
from tasks.infer.predict import predict_faces
from tasks.workers.pool import batched

# Pictures at a time: their probabilities are held at full size one by one.
_BATCH = 4
# Of the measurement of speed: pictures before it, at most so many in it, and seconds after which it ends.
_WARM_UP, _TIMED, _SECONDS = 5, 1000, 10.0


def score_sets(
    network: ReadyNetwork,
    sets: Iterable[TestSet],
    predictor: Predictor,
    *,
    on_picture: Callable[[], None] = lambda: None,
) -> Iterator[dict[str, object]]:
    """Yield the rows of counts of all pictures of all sets, at each mask's own size.

    With ``predictor.tta``, scores are averaged over sizes and mirror images.
    """
    for one in sets:
        for group in batched(one.read(), _BATCH):
            predictions = predict_faces(
                network,
                [picture.image for picture in group],
                [(picture.mask.shape[0], picture.mask.shape[1]) for picture in group],
                size=network.size,
                tta=predictor.tta,
            )
            for picture, found in zip(group, predictions, strict=True):
                yield from measure_picture(
                    picture,
                    found.labels,
                    found.face,
                    predictor=predictor,
                    set_name=one.name,
                    policy=one.policy,
                    classes=network.classes,
                )
                on_picture()


def pictures_a_second(network: ReadyNetwork) -> float:
    """Return how many pictures of the network's own size it scores in a second, one by one, after a warm-up.

    Decoding and enlarging are not counted (FaceOcc, section 4.3).
    """
    image: Floats32 = np.zeros((1, 3, network.size, network.size), np.float32)
    for _ in range(_WARM_UP):
        network.scores(image)
    start = time.monotonic()
    done, passed = 0, 0.0
    while done < _TIMED and passed < _SECONDS:
        network.scores(image)
        done, passed = done + 1, time.monotonic() - start
    return done / passed
