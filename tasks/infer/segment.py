"""``natocc segment``: masks of pictures by a trained network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from assets.pictures.photograph import read_planes
from assets.problems import BadInput, Problem, ReportProblem
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from shards import storage
from shards.check_output import check_folder
from tasks.infer.network import open_segmenter
from tasks.infer.options import SegmentOptions
from tasks.infer.pictures import InputPicture, input_pictures
from tasks.infer.predict import predict, side_for
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.workers.pool import batched

# Opacity of the colours over a picture, and their distance on the wheel of hues: the golden angle of 180.
_OPACITY, _HUE_STEP = 0.45, 68


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentReport:
    """``shares``: the share of each picture that is face, or another class than 0, by its mask's path."""

    shares: dict[str, float]
    overlays: tuple[str, ...]
    problems: tuple[Problem, ...]
    classes: int
    size: int


def segment_pictures(
    options: SegmentOptions,
    *,
    report: ReportProblem = lambda problem: None,
    on_progress: OnProgress = ignore_progress,
) -> SegmentReport:
    """Write a mask, and an overlay, of each picture. Pictures that can't be read are reported.

    A mask has its picture's height and width. Of one or two classes it is 0 and 255 = visible face; of more,
    it holds the classes (docs/format.md). ``on_progress`` counts pictures.

    Raises ValueError for a file that is no checkpoint, pictures whose masks would be one file, and sizes that
    the network can't take; OSError if ``out`` can't be written.
    """
    problems: list[Problem] = []

    def found(problem: Problem) -> None:
        problems.append(problem)
        report(problem)

    pictures = input_pictures(options.images, options.out, found)
    network = open_segmenter(options.checkpoint, options.device)
    size = side_for(network, options.size, tta=options.tta)
    check_folder(str(options.out))
    shares: dict[str, float] = {}
    overlays: list[str] = []
    progress = ProgressCounter(on_progress, len(pictures))
    for group in batched(pictures, options.batch):
        read = list(_read(group, found))
        if read:
            labels = predict(network, [image for _, image in read], size=size, tta=options.tta)
            for (picture, image), plane in zip(read, labels, strict=True):
                shares[str(picture.mask)] = round(float((plane > 0).mean()), 4)
                plane = plane * np.uint8(255) if network.classes <= 2 else plane
                storage.write_bytes(str(picture.mask), encode_png(plane))
                if options.overlay:
                    storage.write_bytes(str(picture.overlay), encode_jpeg(overlaid(image, plane)))
                    overlays.append(str(picture.overlay))
        progress.add(len(group))
    return SegmentReport(
        shares=shares,
        overlays=tuple(overlays),
        problems=tuple(problems),
        classes=network.classes,
        size=size,
    )


def overlaid(image: Image, labels: Image) -> Image:
    """The picture (uint8 HxWx3, RGB) with colours where labels (uint8 HxW) are not 0, and their outline."""
    colours = np.zeros((256, 3), np.uint8)
    hues = np.arange(256) * _HUE_STEP % 180
    hsv = np.stack([hues, np.full(256, 220), np.full(256, 255)], 1).astype(np.uint8)
    colours[1:] = cv2.cvtColor(hsv[None], cv2.COLOR_HSV2RGB)[0, 1:]
    # A mask of the face is red on every picture.
    colours[255] = (255, 40, 40)
    inside = labels > 0
    mixed = image.copy()
    mixed[inside] = (image[inside] * (1 - _OPACITY) + colours[labels[inside]] * _OPACITY).astype(np.uint8)
    edge = cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    mixed[edge] = (255, 255, 255)
    return mixed


def _read(
    group: list[InputPicture] | tuple[InputPicture, ...], report: Callable[[Problem], None]
) -> Iterator[tuple[InputPicture, Image]]:
    """The pictures that can be read, upright and in sRGB."""
    for picture in group:
        try:
            yield picture, read_planes(picture.path, "a picture").picture.rgb
        except BadInput as error:
            report(error.problem(str(picture.path)))
