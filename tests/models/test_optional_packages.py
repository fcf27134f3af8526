from __future__ import annotations

import pytest

from models.optional_packages import MissingExtra, require_networks


def test_installed_packages_pass() -> None:
    require_networks("here", ("json",))


def test_a_missing_package_becomes_an_install_hint() -> None:
    with pytest.raises(MissingExtra) as caught:
        require_networks("natocc train-segmenter", ("json", "no_such_package"))
    assert str(caught.value) == (
        "natocc train-segmenter: expected the packages of the extra networks, no_such_package not installed; "
        "run pip install -c constraints.txt -e '.[networks]'"
    )
