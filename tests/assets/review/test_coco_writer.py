from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO

from assets.review.index import COCO_FILE
from tests.reviews import exported, face_mask

IDS = ("00000", "00007", "00012")


# pycocotools hands its arrays over in a way that numpy 2 deprecates.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_cocos_own_tools_read_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = exported(tmp_path, "coco")
    coco = COCO(str(folder / COCO_FILE))
    capsys.readouterr()
    assert [image["file_name"] for image in coco.loadImgs(coco.getImgIds())] == [
        f"{name}.jpg" for name in IDS
    ]
    for number, one in enumerate(coco.loadAnns(coco.getAnnIds())):
        assert np.array_equal(
            coco.annToMask(one) * 255, np.kron(face_mask(number), np.ones((2, 2), np.uint8))
        )
        assert one["area"] == np.count_nonzero(np.kron(face_mask(number), np.ones((2, 2), np.uint8)))
    assert [one["name"] for one in coco.loadCats(coco.getCatIds())] == ["face", "hole"]
