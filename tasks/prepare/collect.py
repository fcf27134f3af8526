"""The results of all sources. Their order depends on neither the number of workers nor earlier runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from assets.bank.reader import Entry
from assets.datasets.coco.selection import ObjectSelection
from assets.face_metadata.defects.tree import TreeDefects
from assets.problems import Problem, ReportProblem
from tasks.prepare.cofw import COFW_TABLE, CofwTable
from tasks.prepare.cofw import RECORD as COFW_RECORD
from tasks.prepare.shards import Work, shards_of
from tasks.prepare.sources import InputSource
from tasks.prepare.upscaling.choose import UpscalerChoice


class ProblemLog:
    """Keeps problems in their order, and reports each at once."""

    def __init__(self, report: ReportProblem) -> None:
        self._report = report
        self.problems: list[Problem] = []

    def add(self, problem: Problem) -> None:
        problem = _printable(problem)
        self.problems.append(problem)
        self._report(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """The shards of one source."""

    source: InputSource
    records: tuple[str, ...]  # names of their records
    files: dict[str, str]  # sha256 of each file by name; a shard without an entry has no file
    entries: tuple[Entry, ...]  # by id
    problems: tuple[Problem, ...]  # the reader's problems, then those of the inputs by path
    made: int
    kept: int
    counted: Counter[str]
    # Entries of withdrawn inputs, which are not in the bank.
    former: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BankContents:
    """The contents of a bank, without its options."""

    upscaling: UpscalerChoice
    selection: ObjectSelection
    sources: tuple[SourceResult, ...]
    cofw: CofwTable | None
    problems: tuple[Problem, ...]
    defects: TreeDefects = field(default_factory=TreeDefects)

    @property
    def entries(self) -> list[Entry]:
        """Entries for compositing, in the bank's order."""
        return [entry for result in self.sources if not result.source.evaluation for entry in result.entries]

    @property
    def withdrawn(self) -> list[Entry]:
        """Entries of withdrawn inputs that were for compositing."""
        return [entry for result in self.sources if not result.source.evaluation for entry in result.former]

    @property
    def tested(self) -> list[Entry]:
        """Really occluded faces, the withdrawn ones included."""
        withdrawn = (entry for result in self.sources if result.source.evaluation for entry in result.former)
        return [*self.evaluated, *withdrawn]

    @property
    def evaluated(self) -> list[Entry]:
        """Really occluded faces, for testing only."""
        return [entry for result in self.sources if result.source.evaluation for entry in result.entries]

    @property
    def records(self) -> frozenset[str]:
        """Names of the records of everything in the bank."""
        names = frozenset(name for result in self.sources for name in result.records)
        return names | ({COFW_RECORD} if self.cofw else set())

    @property
    def files(self) -> dict[str, str]:
        """sha256 of every shard, by name."""
        return {name: digest for result in self.sources for name, digest in result.files.items()}

    @property
    def beside(self) -> dict[str, bytes]:
        """Files that are written with the bank's table, by name."""
        return {COFW_TABLE: self.cofw.data} if self.cofw and self.cofw.data else {}

    @property
    def counted(self) -> dict[str, int]:
        """Numbers of objects by upscaler."""
        total = sum((result.counted for result in self.sources), Counter[str]())
        return dict(sorted(total.items()))


def collect_source(source: InputSource, work: Work, report: ReportProblem) -> SourceResult:
    """Make or keep the shards of a source. Problems are reported as they come."""
    reading, inputs = ProblemLog(report), ProblemLog(report)
    shards = sorted(shards_of(source, work, reading.add, inputs.add), key=lambda shard: shard.name)
    entries = (entry for shard in shards for entry in shard.record.entries)
    problems = (_printable(problem) for shard in shards for problem in shard.record.problems)
    return SourceResult(
        source=source,
        records=tuple(shard.name for shard in shards),
        files={shard.record.file: shard.record.sha256 for shard in shards if shard.record.size},
        entries=tuple(sorted(entries, key=lambda entry: entry.id)),
        problems=(*reading.problems, *sorted(problems, key=lambda problem: problem.path)),
        made=sum(not shard.kept for shard in shards),
        kept=sum(shard.kept for shard in shards),
        counted=sum((Counter(shard.record.counted) for shard in shards), Counter[str]()),
        former=tuple(entry for shard in shards for entry in shard.record.former),
    )


def _printable(problem: Problem) -> Problem:
    """File names need not be UTF-8, but problems are written as UTF-8."""
    texts = {name: getattr(problem, name) for name in ("path", "expected", "got")}
    return replace(
        problem, **{name: text.encode("utf-8", "backslashreplace").decode() for name, text in texts.items()}
    )
