from __future__ import annotations

import os
import re
from pathlib import Path

from typer.testing import CliRunner

from commands.main import app
from tests.tasks.weights_files import tiny_glean, tiny_rainnet, write


def _run(*words: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(app, ["weights", *words])
    return done.exit_code, done.output.splitlines()


def test_import_list_and_check_work_together(tmp_path: Path) -> None:
    folder = str(tmp_path / "weights")
    path = write(tmp_path / "glean_mine.pth", {"state_dict": tiny_glean()})
    target = f"{folder}/glean.safetensors"
    taken = "glean_mine.pth: taken: state_dict; left: nothing"
    assert _run("import", str(path), "--weights", folder) == (0, [taken, f"glean: {target}"])
    assert _run("import", str(path), "--weights", folder) == (0, [taken, f"glean: {target} (unchanged)"])
    assert "  taken from its file: state_dict" in _run("list", "glean", "--weights", folder)[1]
    code, lines = _run("list", "--weights", folder)
    (row,) = (line for line in lines if line.startswith("│ glean "))
    assert code == 0 and "user-provided" in row
    assert lines[-2:] == [
        f"folder: {folder} (another by --weights or $NATOCC_WEIGHTS)",
        "natocc weights list NAME says where to get it",
    ]
    code, lines = _run("list", "rainnet", "--weights", folder)
    assert (code, lines[0]) == (0, "rainnet: RainNet: harmonising at 256 pixels, trained on iHarmony4")
    assert _run("check", "--weights", folder) == (
        0,
        ["glean: sound, glean, scale 4, in_size 8, out_size 32, user-provided"],
    )


def test_the_folder_is_that_of_the_environment(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("NATOCC_WEIGHTS", str(tmp_path / "there"))
    path = write(tmp_path / "a.pth", tiny_rainnet())
    assert _run("import", str(path), "--as", "rainnet-own")[0] == 0
    assert (tmp_path / "there/rainnet-own.safetensors").exists()


def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    folder = str(tmp_path / "weights")
    (tmp_path / "page.pth").write_bytes(b"<html>")
    path = write(tmp_path / "a.pth", tiny_rainnet())
    for code, words, told in [
        (
            1,
            ("import", str(tmp_path / "page.pth")),
            "error: .*page.pth: expected a checkpoint of tensors alone, got a web page",
        ),
        (
            2,
            ("import", str(path), "--as", "raynet"),
            "error: --as: expected realesrgan, .* or efficientnet-lite2, got 'raynet'",
        ),
        (
            2,
            ("import", str(tmp_path / "none.pth")),
            "error: FILE: expected a file of weights, got no file at .*none.pth",
        ),
        (
            1,
            ("import", str(path), "--key", "ema"),
            r"error: .*a\.pth: expected weights under --key ema, got none; weights lie under \.: say which",
        ),
        (1, ("check", "glean"), "wrong: glean: expected its weights in .*, found no such file; train it"),
        (2, ("fetch", "vgg16"), "error: NAME: expected realesrgan, efficientnet-lite0, .*, got 'vgg16'"),
        (2, ("list", "gleam"), "error: NAMES: expected realesrgan, .* or efficientnet-lite2, got 'gleam'"),
    ]:
        found, lines = _run(*words, "--weights", folder)
        assert found == code and len(lines) == 1
        assert re.match(told, lines[0]), lines[0]
    assert not Path(folder).exists()


def test_a_damaged_file_among_sound_ones_exits_1(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    for name, state in (("a.pth", tiny_glean()), ("b.pth", tiny_rainnet())):
        assert _run("import", str(write(tmp_path / name, state)), "--weights", str(folder))[0] == 0
    (folder / "glean.safetensors").write_bytes((folder / "glean.safetensors").read_bytes()[:-9])
    (folder / "note.txt").write_text("mine", encoding="utf-8")
    code, lines = _run("check", "--weights", str(folder))
    assert code == 1 and len(lines) == 3
    assert lines[0].startswith(f"wrong: {folder}/glean.safetensors: expected a whole file of safetensors")
    assert lines[1] == "rainnet-own: sound, rainnet, width 1, channels 3, user-provided"
    assert (
        lines[2]
        == "note.txt: not read by any command; if it holds weights, bring it in by natocc weights import"
    )


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    code, lines = _run("check", "--weights", str(tmp_path))
    assert (code, lines) == (
        0,
        [f"{tmp_path}: no weights here; natocc weights list shows the known ones"],
    )


def test_a_name_that_another_system_left_ends_no_command(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    assert _run("import", str(write(tmp_path / "a.pth", tiny_rainnet())), "--weights", str(folder))[0] == 0
    for name in ("._rainnet-own.safetensors", "two\nlines.safetensors", os.fsdecode(b"\xff.safetensors")):
        (folder / name).write_bytes(bytes(9))
    left = ["._rainnet-own", "two\N{REPLACEMENT CHARACTER}lines", "\N{REPLACEMENT CHARACTER}"]
    told = ": not read by any command; if it holds weights, bring it in by natocc weights import"
    code, lines = _run("list", "--weights", str(folder))
    assert code == 0 and any(line.startswith("│ rainnet-own ") and "user-provided" in line for line in lines)
    assert lines[-5:-2] == [f"{name}.safetensors{told}" for name in left]
    code, lines = _run("check", "--weights", str(folder))
    assert (code, lines[0]) == (0, "rainnet-own: sound, rainnet, width 1, channels 3, user-provided")
    assert lines[1:] == [f"{name}.safetensors{told}" for name in left]


def test_no_file_of_the_folder_ends_a_command(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    header = b'{"__metadata__":{"network":"rainnet"}}'
    files = {
        "empty": b"",
        "page": b"<html>",
        "cut": (1 << 20).to_bytes(8, "little") + header,
        "none": len(header).to_bytes(8, "little") + header,
        "list": (2).to_bytes(8, "little") + b"[]",
    }
    for name, data in files.items():
        (folder / f"{name}.safetensors").write_bytes(data)
    (folder / "folder.safetensors").mkdir()
    code, lines = _run("check", "--weights", str(folder))
    assert code == 1 and len(lines) == len(files) + 1
    assert all(re.match(r"wrong: .*\.safetensors: expected .*, got .*; ", line) for line in lines), lines
    assert _run("list", "--weights", str(folder))[0] == 0
