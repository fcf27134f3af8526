from __future__ import annotations

from dataclasses import replace

import pytest

from assets.bank.reader import Bank
from manifests.recipe import load_recipe
from manifests.shard_plan import NetworkUse, ShardPlan
from natocc.profiles import BEST, PAPER, PROFILES
from tasks.build.choose_harmoniser import ChosenNetwork
from tasks.build.expand import SetInputs, SetPlan, profile_of

NETWORK = ChosenNetwork(
    architecture="rainnet",
    use=NetworkUse(
        name="rainnet",
        weights_sha256="a" * 64,
        lift="mapping",
        side=256,
        device="cpu",
        precision="float32",
        licence="MIT",
    ),
)


def expanded(
    bank_url: str,
    kind: str,
    limit: int | None = None,
    network: ChosenNetwork | None = None,
    **fields: object,
) -> tuple[ShardPlan, ...]:
    sets = [{"name": "one", "kind": kind}]
    fields = {"sets": sets, "repeats": 5, "samples_per_shard": 2, "harmoniser": "rainnet"} | fields
    recipe, bank = load_recipe("sample", **fields), Bank(bank_url)
    pool = bank.entries({"randocc": "texture"}.get(kind, kind))
    inputs = SetInputs(faces=bank.entries("face"), occluders=pool)
    return SetPlan(recipe, recipe.sets[0], inputs, limit=limit, network=network).shards


def test_every_face_comes_once_a_repeat_and_the_last_shard_is_shorter(bank_url: str) -> None:
    plans = expanded(bank_url, "hand")
    assert [plan.file for plan in plans] == [f"train-one-{number:06d}.tar" for number in range(3)]
    assert [(sample.face, sample.repeat) for plan in plans for sample in plan.samples] == [
        ("00000", repeat) for repeat in range(5)
    ]
    assert [len(plan.samples) for plan in expanded(bank_url, "hand", limit=3)] == [3], (
        "at most 1.5 times the size"
    )
    assert len({plan.cache_key for plan in plans}) == 3


@pytest.mark.parametrize(("kind", "harmonised"), [("object", True), ("hand", False), ("randocc", False)])
def test_the_network_is_for_kinds_that_are_harmonised(bank_url: str, kind: str, harmonised: bool) -> None:
    (with_network, *_), (without, *_) = expanded(bank_url, kind, network=NETWORK), expanded(bank_url, kind)
    assert (with_network.harmoniser, with_network.network) == (
        ("rainnet", NETWORK.use) if harmonised else (None, None)
    )
    assert (with_network.cache_key != without.cache_key) is harmonised


def test_what_the_recipe_says_replaces_the_profile() -> None:
    assert profile_of(load_recipe("sample")) == PROFILES[load_recipe("sample").profile]
    recipe = load_recipe(
        "sample",
        profile="paper",
        naturalness={"light": True, "noise": False},
        hidden_ratio=(0.1, 0.4),
        targets={"mouth": 1.0},
    )
    assert profile_of(recipe) == replace(
        PAPER, light=True, noise=False, hidden_ratio=(0.1, 0.4), targets=(("mouth", 1.0),)
    )
    off = profile_of(load_recipe("sample", profile="best", naturalness={"shadow": False}))
    assert off == replace(BEST, shadow=False)
