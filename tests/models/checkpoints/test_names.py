"""Names under which trainers store networks."""

from __future__ import annotations

import pytest

from models.checkpoints.names import diverging, is_averaged, is_companion, is_wrapping, joined, some


@pytest.mark.parametrize(
    "key",
    [
        "",
        "params_ema",
        "netG",
        "netG_ema",
        "state_dict",
        "module.generator",
        "_orig_mod",
        "model_state_dict",
        "EMAModel",
        *[
            "ema.module",
            "generator.ema",
            "swa_state_dict",
            "callbacks.MyEMA{'decay': 0.5}.weights",
            "modelEMA",
            "moving_average",
            "polyak",
        ],
    ],
)
def test_names_that_wrap_a_network(key: str) -> None:
    assert is_wrapping(key)


@pytest.mark.parametrize(
    "key",
    [
        "old_a",
        "encoder",
        "encoder.0.0",
        "discriminator",
        "netD",
        "x",
        "perceptual_loss.vgg",
        "callbacks.Timer.x",
    ],
)
def test_parts_of_networks_and_other_networks_wrap_none(key: str) -> None:
    assert not is_wrapping(key)


def test_averaged_is_a_word_and_not_a_syllable() -> None:
    assert all(
        map(is_averaged, ("params_ema", "state_dict.G_ema", "EMA", "modelEma", "averaged_model", "swa"))
    )
    assert not any(map(is_averaged, ("", "params", "schema", "emails", "cinema.module", "swan")))


def test_companions_lie_beside_the_network() -> None:
    assert is_companion("discriminator.b", "generator.") and is_companion(
        "module.netD.b", "module.generator."
    )
    assert is_companion("generator_ema.b", "generator.") and is_companion("step", "ema_model.")
    for other in ("other.c", "generator", "module.other.c"):
        assert not is_companion(other, "module.generator.")


def test_keys_part_at_a_word() -> None:
    assert diverging("a.b.c", "a.b") == 2 and diverging("a.bb.c", "a.b") == 1 and diverging("a", "a") == 0
    assert diverging("a.b", "") == 0
    assert joined("", "a", "", "b.c") == "a.b.c"


def test_lists_in_messages_are_one_short_line() -> None:
    assert some(["a\nb", *map(str, range(9))]) == "a b, 0, 1, 2, 3 and 5 more"
    assert len(some(["x" * 999])) == 160
