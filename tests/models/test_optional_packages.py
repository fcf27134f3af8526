from __future__ import annotations

import pytest

from models.optional_packages import MissingExtra, require_networks, require_packages


def test_installed_packages_pass() -> None:
    require_networks("here", ("json",))


def test_a_missing_package_becomes_an_install_hint() -> None:
    with pytest.raises(MissingExtra) as caught:
        require_networks("natocc train-segmenter", ("json", "no_such_package"))
    assert str(caught.value) == (
        "natocc train-segmenter: expected the packages of the extra networks, no_such_package not installed; "
        "run pip install -c constraints.txt -e '.[networks]'"
    )


def test_the_hint_names_the_extra_that_is_asked_for() -> None:
    with pytest.raises(MissingExtra, match=r"of the extra benchmark, no_such_package .*'\.\[benchmark\]'"):
        require_packages("natocc benchmark", ("json", "no_such_package"), extra="benchmark")
