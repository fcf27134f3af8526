"""Text of others made safe to show: one line of bounded length, without signs that a terminal obeys.

File names, cells of tables and messages of libraries can hold anything: escape sequences that clear a
screen, line breaks that forge a second message, overrides of the writing direction that hide a suffix.
"""

from __future__ import annotations

import re
import unicodedata

MOST_SHOWN = 200
# Unicode's control, format, surrogate, private and unassigned characters, and its line separators.
_UNSAFE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
# Signs that begin code, emphasis, links, cells and HTML anywhere, and a heading or a list at the start; and
# those that make a link or a mention of bare text: http://, www., mailto:, an address, a user's name.
_MARKDOWN = re.compile(
    r"[\\`*\[\]|~<>@]|&(?=[#\w])|^[#+-]|:(?=//)|(?:(?<=mailto)|(?<=xmpp)):|(?<=\bwww)\.", re.IGNORECASE
)
_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def one_line(value: object, most: int | None = MOST_SHOWN) -> str:
    r"""The value as printable text, with escapes for all other characters, cut to ``most`` characters.

    Both ends are kept, since a path's last name says the most. Text that is already safe is not changed.

    >>> print(one_line("a\x1b[2J\nb"), one_line("0123456789", 6))
    a\x1b[2J\nb 012…89
    """
    text = str(value)
    if not text.isascii() or not text.isprintable():
        text = "".join(map(_shown, text if most is None else _cut(text, 4 * most)))
    return text if most is None else _cut(text, most)


def markdown(value: object, most: int | None = MOST_SHOWN) -> str:
    r"""``one_line`` for Markdown: nothing in it becomes a link, a mention, a table's cell, a heading or HTML.

    >>> print(markdown("<b> a|b [c](d)"))
    &lt;b&gt; a\|b \[c\](d)
    """
    return _MARKDOWN.sub(lambda found: _HTML.get(found[0], f"\\{found[0]}"), one_line(value, most))


def _shown(sign: str) -> str:
    if unicodedata.category(sign) not in _UNSAFE:
        return sign
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head = most - most // 3 - 1
    return f"{text[:head]}…{text[len(text) - most // 3 :]}"
