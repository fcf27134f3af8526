"""Types of numbers in pickles that are read beside tensors: NumPy's, under all names they were saved with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_NUMBERS = "?bhilqBHILQefdgFDG"


def _harmless() -> Iterator[tuple[Callable[..., Any], str]]:
    array = np.array([0.0])
    make_array: Any = array.__reduce__()[0]
    make_number: Any = array[0].__reduce__()[0]
    make_view: Any = array.__reduce_ex__(5)[0]
    # NumPy 1 and 2 name the same functions differently.
    for module in ("numpy.core.multiarray", "numpy._core.multiarray"):
        yield make_array, f"{module}._reconstruct"
        yield make_number, f"{module}.scalar"
    for module in ("numpy.core.numeric", "numpy._core.numeric"):
        yield make_view, f"{module}._frombuffer"
    yield np.ndarray, "numpy.ndarray"
    yield np.dtype, "numpy.dtype"
    for kind in {type(np.dtype(code)) for code in _NUMBERS}:
        yield kind, f"numpy.dtypes.{kind.__name__}"
    yield from ((np.dtype(code).type, f"numpy.{np.dtype(code).type.__name__}") for code in _NUMBERS)


# For torch.serialization.safe_globals: what builds the value, and its name in the pickle. None runs code.
HARMLESS: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = list(_harmless())
