"""The packages behind the extra ``networks``, named in one line when they are missing."""

from __future__ import annotations

from importlib.util import find_spec

NETWORK_PACKAGES = ("torch", "lightning", "torchmetrics", "webdataset")


class MissingExtra(RuntimeError):
    """Something optional is asked for and its packages are not installed."""


def require_networks(asked_by: str, packages: tuple[str, ...] = NETWORK_PACKAGES) -> None:
    """Raise MissingExtra with the command that helps, unless every package is installed.

    Imports none of them, so that it costs nothing to ask.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"{asked_by}: expected the packages of the extra networks, {', '.join(missing)} not installed; "
            "run pip install -c constraints.txt -e '.[networks]'"
        )
