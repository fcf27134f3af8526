from __future__ import annotations

import re
from collections import Counter

import pytest
import torch

from assets.weights.registry import entry_named, how_to_get, registry
from models.glean.network import GLEAN, GLEANConfig
from models.rainnet.network import RainNet
from models.registry import WITH_WEIGHTS
from models.rrdb.network import RRDBConfig, RRDBNet
from models.segmenters.efficientnet_lite.network import EfficientNetLite
from models.stylegan2.network import StyleGAN2, StyleGAN2Config
from models.vgg.network import VGGFeatures


def test_every_entry_says_what_it_is_and_how_to_get_it() -> None:
    assert len(registry()) >= 15
    for name, entry in registry().items():
        assert name == entry.name and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert entry.network in WITH_WEIGHTS and entry.what and entry.licence
        assert entry.page.startswith("https://") or (entry.page == "" and not entry.files)
        assert f"natocc weights import FILE{'' if entry.files else f' --as {name}'}" in how_to_get(entry)
        for file in entry.files:
            assert re.fullmatch(r"([0-9a-f]{8}|[0-9a-f]{64})?", file.sha256)
            assert re.fullmatch(r"([0-9a-f]{64})?", file.converted)
            # Names of the kind name-1a2b3c4d.pth end with the first digits of the hash.
            told = re.search(r"-([0-9a-f]{8})\.pth$", file.name)
            assert told is None or file.sha256.startswith(told[1])
        if entry.package:
            assert entry.package_file in {file.name for file in entry.files}
            assert f"natocc weights fetch {name}" in how_to_get(entry)


def test_no_file_belongs_to_two_entries() -> None:
    files = [file for entry in registry().values() for file in entry.files]
    assert max(Counter(file.name for file in files).values()) == 1
    assert max(Counter(file.sha256[:8] for file in files if file.sha256).values()) == 1


@pytest.mark.parametrize("name", [name for name, entry in registry().items() if entry.parameters])
def test_our_network_of_these_sizes_has_as_many_tensors(name: str) -> None:
    entry = registry()[name]
    with torch.device("meta"):
        network = {
            "rrdbnet": lambda: RRDBNet(RRDBConfig(**entry.sizes)),
            "glean": lambda: GLEAN(GLEANConfig.published(entry.sizes["in_size"], entry.sizes["out_size"])),
            "stylegan2": lambda: StyleGAN2(StyleGAN2Config.published(entry.sizes["size"])),
            "rainnet": RainNet,
            "vgg16": VGGFeatures,
            "efficientnet-lite": lambda: EfficientNetLite(**entry.sizes),
        }[entry.network]()
    state = network.state_dict()
    assert len(state) == entry.tensors and sum(value.numel() for value in state.values()) == entry.parameters


def test_a_hash_is_known_whole_or_by_its_first_digits() -> None:
    assert entry_named("glean-cat-8x").published_as("d3ac8683" + "0" * 56)
    assert entry_named("glean-cat-8x").published_as("d3ac8684" + "0" * 56) is None
    whole = "4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1"
    file = entry_named("realesrgan").published_as(whole)
    assert file and file.name == "RealESRGAN_x4plus.pth"
    assert entry_named("realesrgan").published_as(whole[:-1] + "0") is None
    # Nothing is known of this one's.
    assert entry_named("rainnet").published_as("0" * 64) is None


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"^weights: expected one of realesrgan, .*, efficientnet-lite2, got 'gleam'$"
    ):
        entry_named("gleam")
