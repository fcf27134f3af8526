"""Options of a withdrawal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from tasks.inputs import InputCheck, NewBankUrl, RawFolder
from tasks.options import Options, Wait, WeightsFolder, Workers, cross_check


def missing_datasets(url: str) -> str | None:
    """The problem of a folder that is no dataset and holds none."""
    from manifests.dataset import DATASET_INDEX, LATEST
    from shards.storage import describe_content

    if "://" in url:
        return None
    folder = Path(url).expanduser()
    if (folder / DATASET_INDEX).is_file():
        return f"expected a dataset or a folder of datasets, got a version; give its dataset, {folder.parent}"
    if (folder / LATEST).is_file() or next(folder.glob(f"*/{LATEST}"), None):
        return None
    return (
        f"expected a dataset ({LATEST} in it) or a folder of datasets, got {describe_content(url)} at {url}; "
        "give the folder that `natocc build --out` names, or one in it"
    )


class WithdrawOptions(Options):
    """What is withdrawn, and from where."""

    input: str = Field(
        min_length=1,
        description="Id of a face or an occluder, a person, the sha256 of a photograph, or its path in the "
        "raw folder.",
    )
    dataset: Annotated[str, InputCheck(missing_datasets)] = Field(
        description="A dataset, or a folder of datasets."
    )
    raw: RawFolder | None = Field(
        None, description="Raw folder that the bank was made of; its withdrawn.csv keeps the ban."
    )
    bank: NewBankUrl = Field(description="The bank that the versions were built of; it is prepared again.")
    reason: str = Field("", description="Why, in any words; it is kept with the ban.")
    everywhere: bool = Field(False, description="Replace all older versions too.")
    grace_days: Annotated[int, Field(ge=0)] = Field(
        7, description="Days until natocc gc may remove the replaced versions."
    )
    dry_run: bool = Field(False, description="Say what it means, and change nothing.")
    workers: Workers = 2
    wait: Wait = False
    weights: WeightsFolder = None

    @cross_check("raw")
    def _ban_has_a_place(self) -> str | None:
        if self.raw is not None:
            return None
        return (
            "expected the raw folder of the bank, got none; the ban is kept there, in withdrawn.csv, and "
            "without it the next natocc prepare would bring the input back"
        )
