"""Check for the packages of the extra ``networks``."""

from __future__ import annotations

from importlib.util import find_spec

NETWORK_PACKAGES = ("torch", "lightning", "torchmetrics")


class MissingExtra(RuntimeError):
    """An optional feature needs packages that are not installed."""


def require_networks(asked_by: str, packages: tuple[str, ...] = NETWORK_PACKAGES) -> None:
    """Raise MissingExtra with the install command, unless every package is installed.

    The check is cheap because it imports none of them.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"{asked_by}: expected the packages of the extra networks, {', '.join(missing)} not installed; "
            "run pip install -c constraints.txt -e '.[networks]'"
        )
