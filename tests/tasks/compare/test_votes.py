from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tasks.compare.votes import VoteTally, describe_score, score


def write(folder: Path, answers: object) -> tuple[str, str]:
    """Ten pairs: best is right in the odd ones; the last four are hands."""
    pairs = {
        f"{number:03d}": {
            "left": "code" if number % 2 else "best",
            "right": "best" if number % 2 else "code",
            "kind": "hand" if number > 6 else "object",
        }
        for number in range(1, 11)
    }
    (folder / "key.json").write_text(json.dumps({"looks": ["code", "best"], "pairs": pairs}))
    (folder / "answers.json").write_text(json.dumps(answers))
    return str(folder / "answers.json"), str(folder / "key.json")


def test_the_tally_by_kind(tmp_path: Path) -> None:
    answers = {"001": "right", "002": "left", "003": "left", "004": "none", "005": "right"}
    answers |= {"007": "right", "008": "left", "009": "right", "010": "right"}
    renditions, tallies = score(*write(tmp_path, answers))
    assert renditions == ("code", "best")
    assert tallies == [
        VoteTally(kind="all", first=2, second=6, none=1, unanswered=1),
        VoteTally(kind="hand", first=1, second=3, none=0, unanswered=0),
        VoteTally(kind="object", first=1, second=3, none=1, unanswered=1),
    ]


def test_the_interval_is_wilsons() -> None:
    tally = VoteTally(kind="all", first=4, second=36)
    z, n, share = 1.959964, 40, 0.9
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    assert tally.share == 0.9
    assert tally.interval == pytest.approx((middle - half, middle + half), abs=1e-6)
    assert tally.interval == pytest.approx((0.769487, 0.960424), abs=1e-5)


def test_the_score_in_words(tmp_path: Path) -> None:
    answers = {f"{number:03d}": "right" if number % 2 else "left" for number in range(1, 10)} | {
        "010": "none"
    }
    lines = describe_score(*score(*write(tmp_path, answers)))
    assert lines[0] == (
        "all: best 9, code 0, no preference 1; best preferred in 100 % of 9 decided (95 % interval 70–100 %)"
    )
    assert [line.partition(":")[0] for line in lines] == ["all", "hand", "object"]


def test_nobody_preferred_anything(tmp_path: Path) -> None:
    lines = describe_score(*score(*write(tmp_path, {"001": "none"})))
    assert lines[0] == "all: best 0, code 0, no preference 1, not judged 9"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"011": "left"}, "expected pairs of .*key.json, got 1 that it lacks, the first '011'"),
        ({"001": "A"}, "expected left, right or none for every pair, got 'A' for 001"),
        (["left"], "answers.json: expected answers as a JSON object, got list"),
    ],
)
def test_answers_that_do_not_fit(answers: object, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        score(*write(tmp_path, answers))


def test_files_that_are_something_else(tmp_path: Path) -> None:
    answers, key = write(tmp_path, {})
    with pytest.raises(ValueError, match=r"expected the key.json of a comparison, got other JSON"):
        score(answers, answers)
    Path(answers).write_text("left")
    with pytest.raises(ValueError, match=r"answers.json: expected answers as JSON, got"):
        score(answers, key)


@pytest.mark.parametrize(
    "key",
    [
        {"looks": ["code", "best"], "pairs": {"001": 3}},
        {"looks": ["code", "best"], "pairs": {"001": {"left": "code", "right": "best"}}},
        {"looks": ["code", "best"], "pairs": {"001": {"left": "x", "right": "best", "kind": "hand"}}},
        {"looks": ["code", "best"], "pairs": {}},
    ],
)
def test_another_files_json_is_no_key(key: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text(json.dumps(key))
    (tmp_path / "answers.json").write_text(json.dumps({"001": "left"} if key["pairs"] else {}))
    with pytest.raises(ValueError, match=r"expected the key\.json of a comparison"):
        score(str(tmp_path / "answers.json"), str(tmp_path / "key.json"))
