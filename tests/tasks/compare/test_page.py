from __future__ import annotations

from tasks.compare.page import write_page


def test_the_page_shows_every_pair_and_keeps_answers_apart_by_the_token() -> None:
    page = write_page(["001", "002"], "Which one?", token="abc")
    assert '["001", "002"]' in page and "natocc-judge-abc" in page
    assert "<title>Which one?</title>" in page and "pairs/${names[at]}.png" in page
    assert "http://" not in page and "https://" not in page, "nothing is loaded from elsewhere"


def test_a_question_can_not_break_the_page() -> None:
    page = write_page(["001"], "Which <script> & why?", token="abc")
    assert "Which &lt;script&gt; &amp; why?" in page
