from __future__ import annotations

import pytest

from models.registry import NETWORKS
from models.segmenters.variants import VARIANTS, new_segmenter, variant_names


def test_every_variant_names_a_segmenter_of_the_registry() -> None:
    assert {NETWORKS[variant.network].role for variant in VARIANTS.values()} == {"segmenter"}
    assert set(VARIANTS) <= set(variant_names())


def test_arguments_and_classes_reach_the_network() -> None:
    network = new_segmenter("unet", classes=3, width=8)
    assert network.classes == 3 and network.head.out_channels == 3 and network.width == 8


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected one of unet.* as network, got 'vnet'"):
        new_segmenter("vnet")
