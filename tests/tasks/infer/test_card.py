from __future__ import annotations

from tasks.infer.card import ModelCard


def card(**values: object) -> str:
    known = {"title": "t", "summary": "s", "variant": "unet", "classes": 1, "size": 64, "output": "o"}
    known |= {"started_from": "scratch", "selected_on": "last step", "written_by": "natocc 0"}
    return ModelCard(**(known | values)).write()


def test_what_is_unknown_is_said() -> None:
    text = card()
    assert "does not say what it was trained on" in text and "has no scores" in text
    assert "does not say under which terms" in text and "does not say how it was trained" in text


def test_the_row_of_an_occlusion_is_there_if_one_was_drawn() -> None:
    assert "| occluded while it trained | natocc |\n| selected on |" in card(occlusion="natocc")
    assert "occluded while" not in card() and "| started from | scratch |\n| selected on |" in card()


def test_values_are_escaped() -> None:
    text = card(licences=("<b>|x",), schedule=[("steps", "1|2")])
    assert "&lt;b&gt;\\|x" in text and "1\\|2" in text
