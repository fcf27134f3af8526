"""What users of the released code asked for: classes, their own faces, masks that can be seen, licences."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from natocc.codecs import decode_plane
from natocc.labels import OCCLUSION_CLASS
from natocc.masks.policy import CLASS_IDS
from tests import raw_trees as raws
from tests.defects.conftest import Version, build_here, face_of, run

pytestmark = pytest.mark.xdist_group("defects")


def test_labels_of_every_class_come_with_the_occluder_as_one_more(best: Version, paper: Version) -> None:
    for version in (best, paper):
        for key, members in version.samples.items():
            classes, mask = decode_plane(members["parsing.png"]), decode_plane(members["mask.png"])
            alpha, opacity = decode_plane(members["alpha.png"]), version.facts(key)["opacity"]
            assert isinstance(opacity, float)
            assert np.array_equal(classes == OCCLUSION_CLASS, alpha / (255 * opacity) >= 0.5), key
            assert not (classes[mask > 0] == OCCLUSION_CLASS).any()
    curly = decode_plane(best.samples[face_of(best, "upside down")]["parsing.png"])
    assert set(np.unique(curly).tolist()) == {0, CLASS_IDS["skin"], CLASS_IDS["hair"]}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result, Version]:
    """Two photographs under names of their own, without any table, and textures."""
    folder = tmp_path_factory.mktemp("own")
    raw, bank = folder / "raw", folder / "bank"
    raws.add_face(raw, "me at home", raws.portrait(200, 150), {"skin": raws.disc(100, 75)})
    raws.add_face(raw, "Zoë", raws.encoded(raws.portrait(), "PNG"), suffix=".png")
    raws.add_texture(raw, "pitted", "pitted_0001.jpg")
    assert not list(raw.rglob("natocc.csv"))
    done = run("prepare", "--raw", raw, "--bank", bank, "--workers", 1)
    sets: list[dict[str, object]] = [{"name": "randocc", "kind": "randocc"}]
    return bank, done, build_here(folder, bank, sets, repeats=3)


def test_own_faces_need_no_more_than_the_layout(own: tuple[Path, Result, Version]) -> None:
    _, done, version = own
    assert done.exit_code == 0 and "2 train faces" in done.stdout and "0 refused" in done.stdout
    sources = {str(version.facts(key)["face"]["source"]).rpartition("/")[2] for key in version.samples}  # type: ignore[index]
    assert sources == {"me at home.jpg", "Zoë.png"}
    assert all(0 < (decode_plane(one["mask.png"]) > 0).mean() < 0.3 for one in version.samples.values())


def test_masks_can_be_seen(own: tuple[Path, Result, Version], tmp_path: Path) -> None:
    """Stored as 0 and 1 they look black in a viewer; the preview tints and outlines what is face."""
    bank, _, version = own
    for url in (version.url, bank):
        sheet = tmp_path / "sheet.png"
        assert run("preview", url, "--out", sheet, "-n", 3).exit_code == 0
        picture = np.asarray(Pillow.open(sheet)).astype(int)
        green = (picture[..., 1] > picture[..., 0] + 40) & (picture[..., 1] > picture[..., 2] + 25)
        shown = cv2.connectedComponentsWithStats(green.astype(np.uint8))[2][1:, cv2.CC_STAT_AREA]
        assert (shown > 1000).sum() >= 2, "two faces"


def test_every_sample_says_whose_terms_it_is_under(best: Version) -> None:
    for key in best.samples:
        facts = best.facts(key)
        face, occluder = facts["face"], facts["occluder"]
        assert isinstance(face, dict) and isinstance(occluder, dict)
        terms = {face["licence"]} | ({occluder["licence"]} if occluder["id"] else set())
        assert all(terms) and facts["licences"] == sorted(terms)
        assert "CelebAMask-HQ: non-commercial research only" in face["licence"]
        assert best.rows[key].face_licence == face["licence"]
    card = (best.url / "README.md").read_text(encoding="utf-8")
    for words in ("CelebAMask-HQ: non-commercial", "11k Hands: free for reasonable academic fair use"):
        assert words in card
