"""Text of others on one line, without signs that a terminal or a page obeys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natocc.files.show import MOST_SHOWN, markdown, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("a\nerror: b\r\t", r"a\nerror: b\r\t"),
        ("a\u202egpj.exe", r"a\u202egpj.exe"),
        ("a\u2028b\x85c", r"a\u2028b\x85c"),
        ("a\udce9b", r"a\udce9b"),
        ("Zoë 山 é a\u0301", "Zoë 山 é a\u0301"),
        (r"C:\new", r"C:\new"),
    ],
)
def test_signs_that_a_terminal_obeys_are_escaped(text: str, shown: str) -> None:
    assert one_line(text) == shown
    assert one_line(shown) == shown


@given(st.text(st.characters()))
def test_any_text_becomes_one_safe_line(text: str) -> None:
    shown = one_line(text)
    assert len(shown) <= MOST_SHOWN and len(shown.splitlines()) <= 1
    shown.encode()
    assert one_line(shown) == shown


def test_long_text_keeps_both_ends() -> None:
    shown = one_line(f"raw/{'x' * 10_000}/last.png")
    assert len(shown) == MOST_SHOWN and shown.startswith("raw/xx") and shown.endswith("xx/last.png")
    assert one_line("\x1b" * 10_000, 50).count(r"\x1b") >= 11


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a|b\n| c", r"a\|b\\n\| c"),
        ("[x](http://y) `z` *w*", r"\[x\](http\://y) \`z\` \*w\*"),
        ("see https://a.b/c, ftp://d or WWW.e.f", r"see https\://a.b/c, ftp\://d or WWW\.e.f"),
        ("@user a.b@c.org mailto:a@b", r"\@user a.b\@c.org mailto\:a\@b"),
        ("C: 10:30 www, awww.b",) * 2,
        ("# heading", r"\# heading"),
        ("DTD: for research, photographs under their authors' terms",) * 2,
        ("hand_sot 0.5 (#1)",) * 2,
    ],
)
def test_markdown_gives_the_text_itself(text: str, shown: str) -> None:
    assert markdown(text) == shown
