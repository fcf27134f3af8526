"""Items of a training, such as its batches, made by loader processes."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import cv2
from torch.utils.data import DataLoader, Dataset, SequentialSampler

from tasks.workers.process import WorkerTrace, decode_error, encode_error, leave_terminal, starting_children

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class _Failed:
    """An error in a loader process. torch would raise another one, with the traceback as its message."""

    error: bytes
    trace: str


def load_items(items: Dataset[_Item], loaders: int) -> Iterable[_Item]:
    """The items in order, made by ``loaders`` processes; 0: by the current process.

    ``items`` has a length. An error of an item is raised as in this process. Loader processes end with this
    one, and do not see a terminal's Ctrl-C.
    """
    if not loaders:
        return cast(Iterable[_Item], items)
    guarded = _Guarded(items)
    # Forked processes would inherit locks held by threads of this process.
    loader: DataLoader[_Item | _Failed] = DataLoader(
        guarded,
        batch_size=None,
        sampler=SequentialSampler(guarded),
        num_workers=loaders,
        multiprocessing_context="spawn",
        worker_init_fn=_start_loader,
    )
    return _Loaded(loader)


class _Guarded(Dataset["_Item | _Failed"]):
    """The items in a loader process; an error of an input is an item too."""

    def __init__(self, items: Dataset[_Item]) -> None:
        self._items = items

    def __len__(self) -> int:
        return len(self._items)  # type: ignore[arg-type]

    def __getitem__(self, index: int) -> _Item | _Failed:
        try:
            return self._items[index]
        except Exception as error:
            return _Failed(encode_error(error), traceback.format_exc())


class _Loaded(Generic[_Item]):
    def __init__(self, loader: DataLoader[_Item | _Failed]) -> None:
        self._loader = loader

    def __len__(self) -> int:
        return len(self._loader)

    def __iter__(self) -> Iterator[_Item]:
        with starting_children():
            loaded = iter(self._loader)
        return map(_raised, loaded)


def _raised(item: _Item | _Failed) -> _Item:
    """The item, or its error raised."""
    if isinstance(item, _Failed):
        raise decode_error(item.error) from WorkerTrace(item.trace)
    return item


def _start_loader(number: int) -> None:
    leave_terminal()
    # As many loaders as cores keep all of them busy.
    cv2.setNumThreads(1)
