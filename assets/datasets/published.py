"""Published figures of the raw datasets: number of pictures, their size and their licence."""

from __future__ import annotations

from dataclasses import dataclass

from assets.datasets import realocc
from assets.datasets.celebamask import reader as celebamask
from assets.datasets.coco import reader as coco
from assets.datasets.coco import voo_objects
from assets.datasets.cofw import reader as cofw
from assets.datasets.dtd import reader as dtd
from assets.datasets.faceocc import reader as faceocc
from assets.datasets.hands import reader as hands
from assets.datasets.iharmony4 import reader as iharmony4
from assets.face_metadata import corrected_masks as corrected
from assets.reading.masks.match import MASK_ENDINGS
from natocc.files.names import PICTURES

_FACEOCC = "FaceOcc: MIT; photographs under the terms of CelebA-HQ, FFHQ and their finders"
_PAPER = "Voo et al.: no licence stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One folder of pictures of one dataset. The figures from Voo et al. (2022) refer to their release."""

    dataset: str
    part: str = ""
    # Folders of the pictures, relative to the raw folder; the first existing one is used.
    places: tuple[str, ...]
    licence: str
    # None if no number is stated.
    pictures: int | None = None
    # Minimum and maximum of width and height; None if any size is possible.
    widths: tuple[int, int] | None = None
    heights: tuple[int, int] | None = None
    # Other published information, as text.
    states: str = ""
    # Whether the pictures lie in folders of classes or kinds.
    nested: bool = False
    suffixes: tuple[str, ...] = PICTURES

    @property
    def name(self) -> str:
        return f"{self.dataset} {self.part}".strip()


def _iharmony4(subset: str) -> Published:
    train, test = iharmony4.COUNTS[subset]
    return Published(
        dataset="iHarmony4",
        part=subset,
        places=tuple(f"{folder}/{subset}/{iharmony4.COMPOSITES}" for folder in iharmony4.IHARMONY4_FOLDERS),
        licence=iharmony4.IHARMONY4_LICENCE,
        pictures=train + test,
        states=f"{train} train, {test} test",
    )


def _realocc(
    source: realocc.OccludedSource, pictures: int, states: str, side: tuple[int, int] | None
) -> Published:
    return Published(
        dataset=source.dataset,
        places=tuple(f"{source.folder}/{name}" for name in ("image", "img", "images")),
        licence=source.licence,
        pictures=pictures,
        widths=side,
        heights=side,
        states=states,
    )


def _faceocc(part: str, *, nested: bool = False, states: str = "") -> Published:
    return Published(
        dataset="FaceOcc",
        part=part,
        places=(
            f"{faceocc.FACEOCC_FOLDER}/{part}",
            f"{faceocc.FACEOCC_FOLDER}/{faceocc.FACEOCC_FOLDER}/{part}",
        ),
        licence=_FACEOCC,
        nested=nested,
        states=states,
    )


PUBLISHED = (
    Published(
        dataset="CelebAMask-HQ",
        places=(f"{celebamask.CELEBAMASK_FOLDER}/{celebamask.CELEBAMASK_IMAGES}",),
        licence=celebamask.CELEBAMASK_LICENCE,
        pictures=30_000,
        widths=(1024, 1024),
        heights=(1024, 1024),
        states="1024x1024; masks 512x512",
    ),
    Published(
        dataset="Corrected masks",
        places=(corrected.CORRECTED_FOLDER,),
        licence=_PAPER,
        suffixes=MASK_ENDINGS,
        states="about 4,000 of 30,000 corrected",
    ),
    Published(
        dataset="COCO",
        part="train2017",
        places=("COCO/train2017", "COCO/images/train2017"),
        licence=coco.COCO_LICENCE,
        pictures=118_287,
        states="80 categories",
    ),
    Published(
        dataset="COCO",
        part="val2017",
        places=("COCO/val2017", "COCO/images/val2017"),
        licence=coco.COCO_LICENCE,
        pictures=5_000,
        states="80 categories",
    ),
    Published(
        dataset="Voo objects",
        places=tuple(
            f"{folder}/{voo_objects.VOO_PICTURES}".lstrip("/") for folder in voo_objects.VOO_FOLDERS
        ),
        licence=voo_objects.VOO_LICENCE,
        pictures=128,
        states="20 categories of COCO, enlarged four times",
    ),
    Published(
        dataset="11k Hands",
        places=(f"{hands.HANDS_FOLDER}/Hands",),
        licence=hands.HANDS_LICENCE,
        pictures=11_076,
        widths=(1600, 1600),
        heights=(1200, 1200),
        states="190 subjects, 1600x1200",
    ),
    Published(
        dataset="Voo hand masks",
        places=hands.MASK_FOLDERS,
        licence=_PAPER,
        pictures=200,
        suffixes=MASK_ENDINGS,
    ),
    Published(dataset="Voo hands, enlarged", places=("11k-hand_sr",), licence=_PAPER, pictures=200),
    Published(
        dataset="DTD",
        places=(f"{dtd.DTD_FOLDER}/images",),
        licence=dtd.DTD_LICENCE,
        pictures=5_640,
        widths=(300, 640),
        heights=(300, 640),
        states="47 classes of 120, 300 to 640 pixels a side",
        nested=True,
    ),
    _realocc(realocc.REALOCC, 550, "1024x1024", (1024, 1024)),
    _realocc(realocc.REALOCC_WILD, 270, "any size", None),
    Published(
        dataset="COFW",
        places=cofw.COFW_FOLDERS,
        licence=cofw.COFW_LICENCE,
        states="two files, of 1,345 train faces and 507 test faces",
        nested=True,
        suffixes=(".mat",),
    ),
    Published(
        dataset="FaceOcc",
        part="COFW_test",
        places=(f"{cofw.COFW.folder}/img",),
        licence=cofw.COFW.licence,
        pictures=507,
        widths=(256, 256),
        heights=(256, 256),
        states="256x256",
    ),
    _faceocc(faceocc.CELEBA, states="about 1,700, RGBA of 256x256"),
    _faceocc(faceocc.FFHQ, states="about 500, RGBA of 256x256"),
    _faceocc(faceocc.INTERNET, nested=True, states="about 300, RGBA of 256x256"),
    _faceocc(faceocc.FACEOCC_TEXTURES, nested=True, states="more than 800"),
    *(_iharmony4(subset) for subset in iharmony4.SUBSETS),
)
