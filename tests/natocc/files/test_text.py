from __future__ import annotations

from pathlib import Path

import pytest

from natocc.files.read import UnfitFile
from natocc.files.text import decode_text, read_text

SAVE = "; save it as UTF-8"


@pytest.mark.parametrize(
    ("data", "got"),
    [
        ("Zoë".encode("utf-16"), f"text in UTF-16{SAVE}"),
        ("Zoë".encode("utf-16-be", "strict").join((b"\xfe\xff", b"")), f"text in UTF-16{SAVE}"),
        ("Zoë".encode("utf-32"), f"text in UTF-32{SAVE}"),
        ("0.jpg\n1.jpg\n".encode("utf-16-le"), f"text in UTF-16 or UTF-32 without a byte order mark{SAVE}"),
        ("0.jpg\n1.jpg\n".encode("utf-16-be"), f"text in UTF-16 or UTF-32 without a byte order mark{SAVE}"),
        (b"ab\0c", "binary data (a zero at byte 2)"),
        (b"PK\x03\x04\x14\0", "a workbook or another zip archive; save it as text in UTF-8"),
        (
            b"Zo\xeb",
            f"another encoding (0xeb at byte 2), such as Latin-1 or Windows-1252{SAVE}",
        ),
        ("Zoë’s".encode("cp1252"), f"another encoding (0xeb at byte 2), such as Windows-1252{SAVE}"),
        ("Zoë, Zoë, Zo".encode() + b"\xc3", f"damaged UTF-8 (0xc3 at byte 12){SAVE}".replace("12", "14")),
    ],
)
def test_other_encodings_are_recognised_and_the_file_is_named(tmp_path: Path, data: bytes, got: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(UnfitFile) as caught:
        read_text(path)
    assert (caught.value.path, caught.value.expected, caught.value.got) == (str(path), "text in UTF-8", got)


def test_text_may_have_a_byte_order_mark_and_keeps_its_line_ends() -> None:
    assert decode_text("\ufeffZoë\r\n".encode(), "x") == decode_text("Zoë\r\n".encode(), "x") == "Zoë\r\n"
