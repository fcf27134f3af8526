from __future__ import annotations

from pathlib import Path

import pytest

from shards.storage import sha256_bytes
from tasks.prepare.upscaling.choose import choose_upscaler
from tests.raw_trees import write
from tests.upscalers import add_glean, add_other, add_rrdbnet

ORDER = "glean,realesrgan,lanczos"


def test_the_first_that_is_there_is_taken_and_the_others_are_told(tmp_path: Path) -> None:
    folder = str(tmp_path)
    choice = choose_upscaler(ORDER, folder)
    assert (choice.upscaler.name, choice.upscaler.network) == ("lanczos", None)
    assert str(choice) == "upscaler lanczos; skipped: glean (no weights), realesrgan (no weights)"
    weights = add_rrdbnet(tmp_path)
    choice = choose_upscaler(ORDER, folder)
    sha256 = sha256_bytes(weights.read_bytes())
    assert (choice.upscaler.path, choice.upscaler.sha256) == (weights, sha256)
    assert str(choice) == (
        f"upscaler realesrgan (rrdbnet, weights {sha256[:12]}, auto, float32); skipped: glean (no weights)"
    )
    add_glean(tmp_path)
    choice = choose_upscaler(ORDER, folder)
    assert (choice.upscaler.name, choice.upscaler.network) == ("glean", "glean")
    assert choice.skipped == {} and choice.metadata["order"] == ["glean", "realesrgan", "lanczos"]
    assert choose_upscaler("lanczos, glean", folder).upscaler.name == "lanczos"


def test_weights_of_any_name_count_if_their_network_enlarges(tmp_path: Path) -> None:
    add_rrdbnet(tmp_path, "of-my-own")
    assert choose_upscaler("of-my-own", str(tmp_path)).upscaler.network == "rrdbnet"


def test_what_decides_the_pixels_decides_the_key_and_the_folder_does_not(tmp_path: Path) -> None:
    add_rrdbnet(tmp_path / "a")
    add_rrdbnet(tmp_path / "b")
    add_rrdbnet(tmp_path / "c", gain=1.01)

    def key(folder: str, **options: str) -> tuple[str, ...]:
        return choose_upscaler("realesrgan", str(tmp_path / folder), **options).upscaler.cache_fields

    assert key("a") == key("b")
    others = [key("c"), key("a", device="cpu"), key("a", precision="bfloat16")]
    assert len({key("a"), *others}) == 4
    assert choose_upscaler("lanczos", device="cuda").upscaler.cache_fields == ("lanczos",)


def test_one_name_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "realesrgan.safetensors"
    with pytest.raises(FileNotFoundError) as error:
        choose_upscaler("realesrgan", str(tmp_path))
    assert str(error.value).startswith(f"realesrgan: expected its weights in {path}, found no such file; ")
    assert "natocc weights fetch realesrgan" in str(error.value)
    with pytest.raises(FileNotFoundError) as error:
        choose_upscaler("glean,realesrgan", str(tmp_path))
    assert str(error.value) == (
        "--upscaler glean,realesrgan: expected one of them to be there, got none (glean (no weights), "
        f"realesrgan (no weights), in {tmp_path}); run natocc weights list, which says how to get them, or "
        "name lanczos last"
    )


def test_without_torch_a_network_is_passed_over_or_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rrdbnet(tmp_path)
    monkeypatch.setattr("models.optional_packages.find_spec", lambda name: None)
    choice = choose_upscaler("realesrgan,lanczos", str(tmp_path))
    assert str(choice) == "upscaler lanczos; skipped: realesrgan (torch is not installed)"
    with pytest.raises(
        ValueError,
        match=r"^--upscaler realesrgan: .* run pip install -c constraints\.txt -e '\.\[networks\]'$",
    ):
        choose_upscaler("realesrgan", str(tmp_path))


@pytest.mark.parametrize("order", ["", "lanczos,", "lanczos,lanczos", " , "])
def test_an_order_that_is_none_is_refused(order: str) -> None:
    with pytest.raises(ValueError, match=r"^--upscaler: expected names, each once, such as"):
        choose_upscaler(order)


def test_wrong_names_and_files_are_refused_wherever_they_stand_in_the_order(tmp_path: Path) -> None:
    add_other(tmp_path)
    with pytest.raises(
        ValueError,
        match=r"^--upscaler rainnet: expected weights of a network that enlarges \(glean, rrdbnet\), got rainnet$",
    ):
        choose_upscaler("lanczos,rainnet", str(tmp_path))
    with pytest.raises(
        ValueError, match=r"^--upscaler: expected one of lanczos, realesrgan, .* got 'bicubic'$"
    ):
        choose_upscaler("lanczos,bicubic", str(tmp_path))
    write(tmp_path / "glean.safetensors", b"text")
    with pytest.raises(ValueError, match=r"glean.safetensors: expected a whole file of safetensors"):
        choose_upscaler(ORDER, str(tmp_path))
