from __future__ import annotations

import pytest

from assets.problems import BadInput
from assets.text.csv_rows import CsvTable, parse_csv

KNOWN = ("file", "split", "landmarks")


def parsed(text: str) -> CsvTable:
    return parse_csv(text, KNOWN, "file")


def cells(text: str) -> list[list[str] | None]:
    return [None if row.cells is None else list(row.cells.values()) for row in parsed(text).rows]


@pytest.mark.parametrize(
    "text",
    [
        "file,split\na,test\n",
        "File , SPLIT\r\n a, test \r\n",
        "file;split\ra;test\r",
        "file\tsplit\na\ttest",
        'sep=;\n"file";"split"\n"a";"test"\n',
        "file,split,,\na,test,,\n,,,\n\n",
    ],
)
def test_a_table_is_read_as_spreadsheets_write_it(text: str) -> None:
    table = parsed(text)
    assert table.columns == ("file", "split")
    assert [cell.strip() for cell in (table.rows[0].cells or {}).values()] == ["a", "test"]
    assert len(table.rows) == 1


def test_an_unknown_column_keeps_its_name_and_a_lacking_or_doubled_one_is_refused() -> None:
    assert parsed("file,Own\n").columns == ("file", "Own")
    with pytest.raises(BadInput, match="expected a column file, got name, split"):
        parsed("name,split\n")
    with pytest.raises(BadInput, match="expected a column file, got none"):
        parsed("\n")
    with pytest.raises(BadInput, match="expected each column once, got split twice"):
        parsed("file,split,Split\n")


@pytest.mark.parametrize(
    "text",
    [
        '"a,test\nb,train\nc,train\n',
        'a,"test\nb,train\nc,train\n',
        'a,"test\nb,train\nc,"train\n',
        "a,test,1\nb,train\nc,train\n",
        "a\nb,train\nc,train\n",
    ],
)
def test_a_row_that_cannot_be_read_takes_no_other_with_it(text: str) -> None:
    first, second, *rest = cells(f"file,split\n{text}")
    assert first is None and second == ["b", "train"] and len(rest) == 1


def test_a_cell_may_span_lines_that_are_no_rows_themselves() -> None:
    table = parsed('file,split,landmarks\na,test,"{\n""nose"": [1,\n2]\n}"\nb,train,\n')
    assert [(row.line, (row.cells or {}).get("landmarks")) for row in table.rows] == [
        (2, '{\n"nose": [1,\n2]\n}'),
        (6, ""),
    ]


def test_a_lone_quote_in_a_long_table_is_found_in_one_pass() -> None:
    rows = cells("file\n" + '"a\n' * 20_000)
    assert len(rows) == 20_000 and not any(rows)
