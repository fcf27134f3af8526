"""DTD's label files: ten partitions into train, val and test, and the joint annotation of every picture."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from assets.problems import Problem, ReportProblem, unreadable
from assets.reading.folders import names_in
from assets.reading.naming import normal
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched, unread_files
from assets.text.lines import path_parts, unquote, without_suffix
from assets.text.name_list import numbered_entries
from natocc.files.read import is_there
from natocc.files.text import read_text

_FOLDER = "labels"
_SPLITS = ("train", "val", "test")
_JOINT = "labels_joint_anno.txt"
# The partition that ``official_split`` refers to.
_OFFICIAL = 1
_SEPARATOR = re.compile("[,;|]")
_LIST = re.compile(rf"({'|'.join(_SPLITS)})(\d+)\.txt")


class TextureLabels:
    """The label files of ``dtd/labels``. Each may be absent, as for user-provided textures.

    Pictures are keyed by class and file, ``banded/banded_0002.jpg``; case and the picture's suffix do not
    count. A picture in two lists of a partition is one to test on rather than to validate or train on. Call
    ``metadata_of`` for every picture, then ``finish``.
    """

    def __init__(self, folder: Path, raw: Path, report: ReportProblem) -> None:
        self._folder, self._raw, self._report = folder / _FOLDER, raw, report
        self._seen: set[str] = set()
        self._spelling: dict[str, str] = {}  # by key, as the first list or picture writes it
        self._unreadable: set[str] = set()
        self._joint = self._read_joint()
        self._splits: dict[str, str] = {}
        for split in reversed(_SPLITS):
            for _, name, _ in self._lines(f"{split}{_OFFICIAL}.txt"):
                self._splits.setdefault(name, split)

    def metadata_of(self, name: str) -> dict[str, object]:
        """``official_split`` (of partition 1) and ``labels``, each if the files contain it."""
        name = self._key(normal(name))
        self._seen.add(name)
        metadata: dict[str, object] = {}
        if name in self._splits:
            metadata["official_split"] = self._splits[name]
        if name in self._joint:
            metadata["labels"] = sorted(set(self._joint[name].split()))
        return metadata

    def finish(self) -> None:
        """Report mismatches of lists and pictures: one line for each list or partition and kind of fault."""
        if not self._folder.is_dir():
            return
        numbers = self._partitions()
        for number in numbers:
            self._check_partition(number)
        if not numbers:
            self._note("", "train1.txt, val1.txt and test1.txt in it", "none of them")
        if not (self._folder / _JOINT).is_file():
            self._note(_JOINT, "the joint annotation", "no such file")
        else:
            self._note_absent(_JOINT, self._joint)
            self._note_lacking(_JOINT, self._joint)

    def _partitions(self) -> list[int]:
        """The numbers of the partitions that have a list. Foreign files are reported."""
        numbers = set()
        others = []
        for name in sorted(names_in(self._folder)):
            if (named := _LIST.fullmatch(name)) is not None:
                numbers.add(int(named[2]))
            elif name != _JOINT:
                others.append(name)
        if others:
            self._report(unread_files(self._where(""), others, f"train1.txt to test10.txt and {_JOINT}"))
        return sorted(numbers)

    def _check_partition(self, number: int) -> None:
        """Check that each picture is in exactly one of the three lists."""
        listed: dict[str, str] = {}
        for split in _SPLITS:
            file = f"{split}{number}.txt"
            if not (self._folder / file).is_file():
                self._note(file, f"three lists of partition {number}", "no such file")
                continue
            self._note_absent(file, self._add_list(file, listed))
        self._note_lacking(f"{_SPLITS[0]}{number}.txt", listed, f" in one of the lists of partition {number}")

    def _add_list(self, file: str, listed: dict[str, str]) -> list[str]:
        """Add the pictures of a list to ``listed``, the list of each picture; returns the new pictures."""
        names: list[str] = []
        elsewhere, other = Tally(), Tally()
        for line, name, rest in self._lines(file):
            if rest or "/" not in name:
                other.add(f"line {line}")
            elif name in listed:
                elsewhere.add(f"{self._spelling[name]} of {listed[name]}")
            else:
                listed[name] = file
                names.append(name)
        if other:
            self._note(file, "a class and a picture (banded/banded_0002.jpg) a line", f"others: {other}")
        if elsewhere:
            self._note(file, "pictures that no list of its partition has yet", f"others: {elsewhere}")
        return names

    def _note_absent(self, file: str, listed: Iterable[str]) -> None:
        absent = Tally()
        for name in listed:
            if name not in self._seen:
                absent.add(self._spelling[name])
        if absent:
            kind, todo = "names without a photograph", "correct or remove them"
            expected = "pictures that are there"
            self._report(unmatched(self._where(file), kind, absent, expected=expected, todo=todo))

    def _note_lacking(self, file: str, listed: Collection[str], among: str = "") -> None:
        lacking = Tally()
        for name in sorted(self._seen):
            if name not in listed:
                lacking.add(self._spelling[name])
        if lacking:
            self._note(file, f"every picture{among}", f"none of {lacking}")

    def _read_joint(self) -> dict[str, str]:
        """The labels of each picture, in the order of its line."""
        found: dict[str, str] = {}
        second, bare = Tally(), Tally()
        for line, name, rest in self._lines(_JOINT):
            if not rest or "/" not in name:
                bare.add(f"line {line}")
            elif name in found:
                second.add(f"line {line}")
            else:
                found[name] = rest
        if bare:
            self._note(_JOINT, "a picture and its labels a line", f"others: {bare}")
        if second:
            self._note(_JOINT, "one line a picture", f"second ones: {second}")
        return found

    def _lines(self, file: str) -> Iterator[tuple[int, str, str]]:
        """Line number, picture and the rest of the line; nothing if the file does not exist."""
        path = self._folder / file
        if not is_there(path):
            return
        try:
            text = read_text(path)
        except OSError as error:
            if file not in self._unreadable:
                self._unreadable.add(file)
                self._report(unreadable(error, "text in UTF-8").problem(self._where(file)))
            return
        for number, line in numbered_entries(text):
            name, *rest = map(unquote, _SEPARATOR.sub(" ", normal(line)).split())
            yield number, self._key("/".join(path_parts(name)[-2:])), " ".join(rest)

    def _key(self, name: str) -> str:
        """The key of a class and a file."""
        kind, slash, file = name.rpartition("/")
        key = f"{kind}{slash}{without_suffix(file)}".casefold()
        self._spelling.setdefault(key, name)
        return key

    def _note(self, file: str, expected: str, got: str) -> None:
        self._report(Problem(path=self._where(file), expected=expected, got=got, action="noted"))

    def _where(self, file: str) -> str:
        return (self._folder / file).relative_to(self._raw).as_posix()
