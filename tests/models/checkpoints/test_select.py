"""Which weights of a checkpoint are taken: averaged ones, or those of a key; and what is left."""

from __future__ import annotations

import pytest
import torch

from models.checkpoints.read import read_content
from models.checkpoints.select import NoSuchTensors, keys_of, opened, select, unwrapped
from tests.models.published import saved

GOOD, LAST = {"a": torch.ones(1)}, {"a": torch.zeros(1)}


def _under(prefix: str, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"{prefix}.{name}": value for name, value in state.items()}


def test_averaged_weights_come_before_the_last_ones() -> None:
    state = {"generator.a": torch.zeros(1), "generator_ema.a": torch.ones(1)}
    assert unwrapped(state, ["a"], "x") == {"a": torch.ones(1)}


def test_only_whole_words_are_a_wrapping() -> None:
    for other in ("old_a", "generatora", "x.a"):
        assert unwrapped({other: torch.zeros(1), "a": torch.ones(1)}, ["a"], "x").keys() == {other, "a"}
        with pytest.raises(ValueError, match=f"x: expected a tensor named a, got {other}; use a file"):
            unwrapped({other: torch.zeros(1)}, ["a"], "x")


def test_what_belongs_to_nothing_known_stays_to_be_told() -> None:
    state = {"generator.a": torch.ones(1), "discriminator.b": torch.ones(1), "other.c": torch.ones(1)}
    assert set(unwrapped(state, ["a"], "x")) == {"a", "other.c"}
    # Beside names without a prefix nothing is dropped.
    assert set(unwrapped({"a": torch.ones(1), "discriminator.b": torch.ones(1)}, ["a"], "x")) == {
        "a",
        "discriminator.b",
    }


AVERAGED = {
    **{
        name: ({"state_dict": LAST, name: GOOD}, name, ("state_dict",))
        for name in (
            "state_dict_ema",
            "ema",
            "params_ema",
            "model_ema",
            "ema_state_dict",
            "G_ema",
            "EMAModel",
        )
    },
    "netG_ema": (
        {"netG": LAST, "netG_ema": GOOD, "netD": {"b": torch.ones(1)}},
        "netG_ema",
        ("netG", "netD"),
    ),
    "within another": ({"generator": {"ema": GOOD, "last": LAST}}, "generator.ema", ("generator.last",)),
    "beside the last ones": ({"generator": {"ema": GOOD, **LAST}}, "generator.ema", ("generator",)),
    "prefixes alone": (
        _under("module.net", LAST) | _under("module.net_ema", GOOD),
        "module.net_ema",
        ("module.net",),
    ),
    "beside bare names": (LAST | _under("ema", GOOD), "ema", (".",)),
    "a callback of Lightning": (
        {
            "state_dict": _under("model", LAST),
            "callbacks": {"EMA{'decay': 0.9}": {"weights": _under("model", GOOD)}},
        },
        "callbacks.EMA{'decay': 0.9}.weights.model",
        ("state_dict.model",),
    ),
    "Lightning's own": (
        {"state_dict": GOOD, "current_model_state": LAST, "averaging_state": {"n_averaged": torch.tensor(3)}},
        "state_dict",
        ("current_model_state", "averaging_state"),
    ),
    "MMEngine's": (
        {"meta": {"mmengine_version": "0.10"}, "state_dict": GOOD, "ema_state_dict": _under("module", LAST)},
        "state_dict",
        ("ema_state_dict.module",),
    ),
    "torch's AveragedModel": (
        {"n_averaged": torch.tensor(3), **_under("module", GOOD)},
        "module",
        ("n_averaged",),
    ),
}


@pytest.mark.parametrize("case", AVERAGED)
def test_averaged_weights_are_found_and_the_rest_is_named(case: str) -> None:
    content, key, left = AVERAGED[case]
    found = select(content, ["a"], "x")
    assert (found.tensors, found.key, found.averaged, found.left) == (GOOD, key, True, left)


@pytest.mark.parametrize(
    ("content", "key", "left"),
    [
        (LAST, "", ()),
        ({"epoch": 3, **LAST}, "", ()),
        ({"state_dict": LAST, "epoch": 3}, "state_dict", ()),
        (
            {
                "model": LAST,
                "optimizer": {"state": {0: {"exp_avg": torch.ones(1)}}},
                "lists": [[torch.ones(1)]],
            },
            "model",
            ("optimizer", "lists"),
        ),
        (
            {"state_dict": LAST, "ema": {"decay": 0.9, "shadow_params": [torch.ones(1)]}},
            "state_dict",
            ("ema (averaged, without the network's names)",),
        ),
    ],
)
def test_without_averaged_weights_the_last_ones_are_taken(
    content: dict, key: str, left: tuple[str, ...]
) -> None:
    found = select(content, ["a"], "x")
    assert (found.tensors, found.key, found.averaged, found.left) == (LAST, key, False, left)


def test_a_key_chooses() -> None:
    content = {
        "state_dict": _under("gen", LAST) | _under("gen_ema", GOOD) | _under("other", GOOD),
        "mine": LAST,
    }
    for key, found, tensors in [
        ("state_dict.gen", "state_dict.gen", LAST),
        ("state_dict", "state_dict.gen_ema", GOOD),
        ("mine", "mine", LAST),
        ("state_dict.other", "state_dict.other", GOOD),
    ]:
        chosen = select(content, ["a"], "x", key)
        assert (chosen.tensors, chosen.key) == (tensors, found)
    bare = select(LAST | _under("ema", GOOD), ["a"], "x", ".")
    assert (bare.tensors, bare.key, bare.left) == (LAST, "", ("ema",))
    for key in ("state", "gen", "state_dict.gen.a", "mine.", ".."):
        with pytest.raises(NoSuchTensors, match="x: expected a tensor named a, got"):
            select(content, ["a"], "x", key)
    assert keys_of(content, ["a"], "x") == [
        "state_dict.gen",
        "state_dict.gen_ema",
        "state_dict.other",
        "mine",
    ]


def test_several_sets_of_weights_are_a_choice_unless_they_are_equal() -> None:
    with pytest.raises(ValueError) as error:
        select({"netG": LAST, "best": GOOD}, ["a"], "x")
    assert str(error.value) == (
        "x: expected one set of weights of this network, got netG, best; say which by --key, such as --key netG"
    )
    assert select({"netG": GOOD, "best": dict(GOOD)}, ["a"], "x").key == "netG"


def test_a_key_takes_nothing_that_lies_beside_its_prefix() -> None:
    content = {"state_dict": _under("net", LAST) | _under("loss", GOOD)}
    assert select(content, ["a"], "x", "state_dict.net").tensors == LAST
    assert select(content, ["a"], "x").tensors.keys() == {"a", "loss.a"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (torch.eye(2).to_sparse(), r"b \(a sparse tensor, sparse_coo\); save its state_dict as float32"),
        # One value that stands for a trillion.
        (torch.zeros(1).expand(1 << 20, 1 << 20), r"b \(1099511627776 values of which 1 are stored\)"),
        ([torch.ones(1)], r"b \(a list\)"),
        (torch.ones(1).numpy(), r"b \(a ndarray\)"),
    ],
)
def test_what_is_no_tensor_with_its_values_is_refused_by_name(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^x: expected tensors by name, got something else under {message}"):
        select({"params": {"a": torch.ones(1), "b": value}}, ["a"], "x")


def _circle() -> dict[str, object]:
    circle: dict[str, object] = {}
    circle["params"] = circle
    return circle


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "got nothing"),
        ([1], "got a list; save its state_dict alone"),
        ({"params": {}}, "got nothing"),
        ({"params": {"a": torch.ones(1)}}, "got dicts: params;"),
        ({1: [torch.zeros(1)]}, r"got something else under 1 \(a list\);"),
        (_circle(), "got nothing"),
        ({"a\nb" * 90: [torch.zeros(1)]}, r"under (a b)+"),
    ],
)
def test_other_content_than_tensors_by_name_is_refused(content: object, message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        opened(content)
    assert "\n" not in str(error.value)


def test_tensors_shared_in_a_file_are_found_in_each_place() -> None:
    content = read_content(saved({"netG": GOOD, "netG_ema": GOOD}))
    found = select(content, ["a"], "x")
    assert (found.key, found.left) == ("netG_ema", ("netG",))


@pytest.mark.parametrize("name", ["moving_average", "polyak", "exponential_moving_average"])
def test_averages_under_other_words_are_preferred(name: str) -> None:
    found = select({"model": LAST, name: GOOD}, ["a"], "x")
    assert (found.tensors, found.key, found.averaged, found.left) == (GOOD, name, True, ("model",))


def test_averages_that_only_a_key_chooses_have_the_networks_names() -> None:
    found = select({"model": LAST, "weights_of_teacher_ema": GOOD}, ["a"], "x")
    assert (found.key, found.left) == ("model", ("weights_of_teacher_ema",))
