from __future__ import annotations

from pathlib import Path

import pytest

from manifests.mixtures.mixture import MixtureError
from tasks.training.segmenter.feed.reading.source import FeedSource, mixture_sources, parse_sources


def test_a_weight_follows_an_equals_sign() -> None:
    given = ("a/b", "a/b=0.5", "s3://x/k=v/d", "s3://x/k=v/d=3")
    assert [(one.url, one.weight) for one in parse_sources(given)] == [
        ("a/b", 1.0),
        ("a/b", 0.5),
        ("s3://x/k=v/d", 1.0),
        ("s3://x/k=v/d", 3.0),
    ]


@pytest.mark.parametrize("number", ["0", "-1", "nan", "inf", "much", "1e9"])
def test_a_weight_that_is_none_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="expected a weight above 0, at most 1000000, after =, got"):
        parse_sources((f"a={number}",))


def test_a_mixture_without_its_versions_names_them(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"expected a version of each part in .*, got none of c-wo, c-wo-r"
    ):
        mixture_sources("c-wo-with-randocc", str(tmp_path))
    with pytest.raises(MixtureError):
        mixture_sources("c-wo-with-nothing", str(tmp_path))
    assert FeedSource(url="a").weight == 1.0
