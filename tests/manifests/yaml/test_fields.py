from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from manifests.yaml.fields import FieldProblems, YamlFiles


class Plan(BaseModel):
    """A model of two fields."""

    model_config = ConfigDict(extra="forbid")
    name: str
    width: int = 1


FILES = YamlFiles(what="plan", folder="recipes", page="docs/plans.md", model=Plan)


def problems(text: str, tmp_path: Path) -> list[str]:
    (tmp_path / "p.yaml").write_text(text, "utf-8")
    with pytest.raises(FieldProblems) as caught:
        FILES.load(str(tmp_path / "p.yaml"))
    return [line.replace(f"{tmp_path}/", "") for line in caught.value.problems]


def test_a_file_s_problems_come_together_with_its_name_and_page(tmp_path: Path) -> None:
    assert problems("name: mine\nwidth: wide\nwidht: 2\n", tmp_path) == [
        "plan > mine > width: Input should be a valid integer, unable to parse string as an integer (got 'wide')",
        "plan > mine > widht: expected a field of docs/plans.md, such as width, got another (got 2)",
    ]
    assert problems("[]", tmp_path) == ["p.yaml: expected a mapping of fields, got list"]


def test_a_path_wins_where_no_name_is_known_and_values_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("name: mine\n", "utf-8")
    assert FILES.load(str(tmp_path / "p.yaml"), width=3, name=None) == Plan(name="mine", width=3)


def test_what_is_neither_is_said_with_all_names() -> None:
    assert "c-wo" in FILES.known()
    with pytest.raises(FieldProblems, match=r"^plan: expected one of .*, sample or a YAML file, got 'c'$"):
        FILES.load("c")
    assert FILES.unknown("c.yaml").endswith("got no such file 'c.yaml'")


def test_folders_of_more_files_are_looked_into() -> None:
    deeper = YamlFiles(what="plan", folder="recipes", page="docs/plans.md", model=Plan, inside=("study",))
    assert set(deeper.known()) - set(FILES.known()) >= {"study-wo", "study-test"}
    with pytest.raises(FieldProblems, match="study-wo > sets"):
        deeper.load("study-wo")
