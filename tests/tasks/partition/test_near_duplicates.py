from __future__ import annotations

import cv2
import numpy as np
import pytest

from assets.bank.reader import Bank
from assets.bank.writer import close_bank, open_bank, write_shard
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from shards.storage import sha256_bytes, write_bytes
from shards.tar import pack
from tasks.partition.near_duplicates import find_near_duplicates, on_grey
from tests.raw_trees import coffee, disc, portrait
from tests.tasks.partition.test_leaks import entry

FACE, CUP = portrait(320, 320), coffee()
OTHER = np.ascontiguousarray(cv2.rotate(FACE, cv2.ROTATE_180)).astype(np.uint8)


def again(picture: Image) -> Image:
    """Cropped and mirrored."""
    return np.ascontiguousarray(picture[4:, 4:][:, ::-1])


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Faces: 0 and 8 to test on; 1 is 0 again, 2 is 0 of one photograph, 3 is excluded, 4 a known duplicate."""
    folder = tmp_path_factory.mktemp("near")
    url = str(folder)
    matte = {"alpha.png": encode_png(disc(*CUP.shape[:2]))}
    entries = [
        (entry("face", "0", "p0", "test"), FACE, {}),
        (entry("face", "1", "p1"), again(FACE), {}),
        (entry("face", "2", "p0"), again(FACE), {}),
        (entry("face", "3", "p3", "excluded"), FACE, {}),
        (entry("face", "4", "p4"), FACE, {}),
        (entry("face", "5", "p5"), OTHER, {}),
        (entry("face", "8", "p8", "test"), cv2.GaussianBlur(CUP, (0, 0), 9).astype(np.uint8), {}),
        (entry("object", "a", "pa", "test", category="cup"), CUP, matte),
        (entry("object", "b", "pb", category="cup"), again(CUP), {"alpha.png": encode_png(again(disc(*CUP.shape[:2])))}),
        (entry("object", "c", "pc", category="cup"), np.full_like(CUP, 90), matte),
        (entry("texture", "t", "pt", category="x"), FACE, {}),
    ]  # fmt: skip
    open_bank(url)
    shards = [
        write_shard(
            url,
            f"{kind}-000000.tar",
            [(row, {"jpg": encode_jpeg(rgb)} | more) for row, rgb, more in entries if row.kind == kind],
        )
        for kind in ("face", "object", "texture")
    ]
    occluded = pack([("7", {"json": b'{"photo": "p7"}', "jpg": encode_jpeg(OTHER)})])
    write_bytes(f"{url}/realocc-000000.tar", occluded)
    files = {shard.name: shard.sha256 for shard in shards} | {"realocc-000000.tar": sha256_bytes(occluded)}
    fields = {
        "evaluation": {"faces": 1, "datasets": {"RealOcc": {"file": "realocc-000000.tar", "faces": 1}}},
        "known_defects": {"duplicates": [["0", "4"]]},
    }
    close_bank(url, [row for shard in shards for row in shard.entries], files, {}, fields)
    return Bank(url)


def test_what_training_has_of_the_test_split_is_named_and_nothing_else(bank: Bank) -> None:
    calls: list[tuple[int, int | None]] = []
    found = find_near_duplicates(bank, {}, on_progress=lambda *call: calls.append(call))
    assert [str(pair).rpartition(" (")[0] for pair in found] == [
        "face RealOcc's 7 in test looks like 5 in train",
        "face 0 in test looks like 1 mirrored in train",
        "object a in test looks like b mirrored in train",
    ]
    assert found[0].likeness == 1
    assert calls[0] == (0, 11) and calls[-1] == (11, 11), "all but the excluded one"


def test_a_partition_s_splits_go_before_the_bank_s_and_workers_change_nothing(bank: Bank) -> None:
    found = find_near_duplicates(bank, {"0": "train", "5": "test", "a": "train"}, workers=5)
    assert [(pair.kind, pair.test, pair.train) for pair in found] == [("object", "a", "b")]


def test_a_cut_out_lies_on_grey_and_what_cannot_be_decoded_is_named() -> None:
    members = {"jpg": encode_jpeg(np.zeros((600, 700, 3), np.uint8)), "alpha.png": encode_png(disc(600, 700))}
    grey = on_grey(members, "object a")
    assert grey.shape == (75, 88) and (grey[0, 0], grey[37, 44]) == (128, 0)
    with pytest.raises(ValueError, match="object a: expected a matte, got damaged data; "):
        on_grey(members | {"alpha.png": b"x"}, "object a")
    with pytest.raises(ValueError, match="object a: expected a picture, got damaged data; "):
        on_grey({"jpg": b"x"}, "object a")
