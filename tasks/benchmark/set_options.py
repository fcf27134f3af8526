"""Options that say where test sets lie."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tasks.inputs import BankUrl, LocalPath, folder_of
from tasks.options import HelpWords, Options, cross_check


class SetOptions(Options):
    """The bank, the raw folder and one's own folders."""

    bank: Annotated[BankUrl | None, HelpWords("none")] = Field(
        None, description="Bank with really occluded faces, and with the photographs of the training data."
    )
    raw: Annotated[LocalPath | None, HelpWords("none"), folder_of("datasets")] = Field(
        None, description="Folder of the raw datasets, for the test sets of COFW."
    )
    own: tuple[str, ...] = Field((), description="Test sets of your own, each NAME=FOLDER of img and mask.")

    @cross_check("own")
    def _named_folders(self) -> str | None:
        for text in self.own:
            name, _, folder = text.partition("=")
            if not (name and folder):
                return f"expected NAME=FOLDER, got {text!r}"
        names = [text.partition("=")[0] for text in self.own]
        twice = sorted({name for name in names if names.count(name) > 1})
        return f"expected each name once, got {twice[0]} twice" if twice else None

    def own_folders(self) -> dict[str, str]:
        """Folders of one's own test sets by name."""
        return {name: folder for name, _, folder in (text.partition("=") for text in self.own)}
