"""A fault of an input, reported in one line: where, expected, got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from natocc.files.read import UnfitFile, is_there
from natocc.files.show import one_line

# Characters of a field that are kept; messages name at most a few files each.
_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding about one input file.

    ``refused`` inputs do not enter the bank; ``converted`` ones do, after the change that
    ``got`` names (a rotation, a colour space, a bit depth). ``noted`` findings, such as an unexpected number
    of files, change no input. ``unmatched`` inputs are those of ``Unmatched``. Names and values of users in
    the fields are made safe to show, here once for terminal, JSON and tables.
    """

    path: str  # relative to the raw folder, with forward slashes
    expected: str
    got: str
    action: Literal["refused", "converted", "noted", "unmatched"] = "refused"

    def __post_init__(self) -> None:
        for name in ("path", "expected", "got"):
            object.__setattr__(self, name, one_line(getattr(self, name), _MOST))

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched(Problem):
    """Inputs of one source that match nothing: rows without a photograph, files that no reader reads.

    ``path`` is the source: a table, or a folder of files. Make it with ``assets.reading.unmatched``.
    """

    kind: str  # a plural noun and what they lack: "rows without a photograph"
    count: int
    names: tuple[str, ...]  # the first few
    todo: str
    action: Literal["refused", "converted", "noted", "unmatched"] = "unmatched"

    def __post_init__(self) -> None:
        # A class with slots has no super() without arguments.
        Problem.__post_init__(self)
        object.__setattr__(self, "names", tuple(one_line(name, _MOST) for name in self.names))


class BadInput(ValueError):
    """An unusable input, with the expected and the actual content.

    ``where`` is the path relative to the raw folder; empty if only the caller knows the file.
    """

    def __init__(self, expected: str, got: object, where: str = "") -> None:
        self.expected, self.got, self.where = expected, str(got), where
        super().__init__(expected, self.got, where)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return one_line(f"{place}expected {self.expected}, got {self.got}", 2 * _MOST)

    def problem(self, where: str = "") -> Problem:
        """The finding that refuses the input. ``where`` is used if the error itself names no place."""
        return Problem(path=self.where or where, expected=self.expected, got=self.got)


def unreadable(error: OSError, expected: str, where: str = "") -> BadInput:
    """The fault of a file that can't be read, in place of ``expected``."""
    if isinstance(error, UnfitFile):
        too_large = error.expected.startswith("at most")
        return BadInput(expected, f"{error.got} ({error.expected})" if too_large else error.got, where)
    if isinstance(error, FileNotFoundError) and error.filename and is_there(Path(error.filename)):
        return BadInput(expected, "a link to nothing", where)
    return BadInput(expected, f"a file that can't be read ({error.strerror or error})", where)


@contextmanager
def damage_named(expected: str) -> Iterator[None]:
    """Raise BadInput for the errors that a decoder raises for damaged data."""
    try:
        yield
    except BadInput:
        raise
    except (OSError, RuntimeError, LookupError, TypeError, ValueError, AttributeError, MemoryError) as error:
        raise BadInput(expected, f"damaged data ({error})") from error


ReportProblem = Callable[[Problem], None]
# CelebAMask-HQ stores its masks with three equal channels, so this is not reported.
_USUAL = ("three channels",)


def unusual(notes: tuple[str, ...]) -> tuple[str, ...]:
    """The conversions of a mask that are reported."""
    return tuple(note for note in notes if note not in _USUAL)


def conversions(where: str, expected: str, notes: tuple[str, ...]) -> tuple[Problem, ...]:
    """One line for all conversions of a file; empty if there are none."""
    if not notes:
        return ()
    return (Problem(path=where, expected=expected, got=", ".join(notes), action="converted"),)
