"""Checkpoints of others: read without pickled code, freed of their wrapping, loaded strictly."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from models.checkpoints.safetensors_io import decode_tensors, is_safetensors

StateDict = dict[str, Tensor]
# A file's path or its bytes.
CheckpointSource = str | Path | bytes
Network = TypeVar("Network", bound=nn.Module)

# What trainers wrap a network's names in, the averaged weights before the last ones.
WRAPPERS = ("params_ema", "params", "generator_ema", "generator", "netG", "state_dict", "module")
# What lies beside a wrapped network and is no part of it.
COMPANIONS = (
    "discriminator",
    "netD",
    "perceptual_loss",
    "pixel_loss",
    "gan_loss",
    "data_preprocessor",
    "step_counter",
)
# In a message.
NAMED, LONGEST = 5, 160
# By how many bytes compressed parts may grow.
LARGEST_GAIN = 1 << 20


def named(source: CheckpointSource, name: str | None = None) -> str:
    """What begins the messages: ``name``, or the path, or ``checkpoint``."""
    return name or ("checkpoint" if isinstance(source, bytes) else str(source))


def read_state(source: CheckpointSource, name: str | None = None) -> StateDict:
    """The tensors by name of a ``torch.save`` or safetensors file, on the CPU; wrapping dicts are opened.

    Raises FileNotFoundError, and ValueError for a file that is cut off, holds code, or no tensors.
    """
    return opened(read_content(source, name), named(source, name))


def read_content(source: CheckpointSource, name: str | None = None) -> object:
    """The same as it was saved: tensors, numbers, texts, and lists and dicts of them."""
    begins = source[:64] if isinstance(source, bytes) else _begin(Path(source))
    if is_safetensors(begins):
        return decode_tensors(source, named(source, name))
    try:
        with warnings.catch_warnings():
            # Newer pickles than torch writes are read, or refused below.
            warnings.filterwarnings("ignore", message="Detected pickle protocol")
            _refuse_compressed(source)
            # Not by its path: torch takes a file for what its name ends in.
            with io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb") as file:
                content: object = torch.load(file, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # a damaged pickle raises whatever its bytes happen to mean
        asked = re.search(r"GLOBAL (\S+)", str(error))
        found = f"one that asks for {asked[1]}" if asked else _other(begins, error)
        raise ValueError(
            f"{named(source, name)}: expected a checkpoint of tensors alone, got {found}; "
            "fetch the file again, and compare its hash"
        ) from error
    return content


def opened(content: object, name: str = "checkpoint") -> StateDict:
    """The tensors by name in what ``torch.load`` gave: ``params_ema``, ``state_dict`` … are opened.

    Of several wrappers the first of ``WRAPPERS`` counts. Raises ValueError where no tensors are.
    """
    # A dict may hold itself.
    for _ in WRAPPERS:
        if not isinstance(content, Mapping):
            break
        inner = [content[key] for key in WRAPPERS if isinstance(content.get(key), Mapping)]
        if not inner:
            break
        content = inner[0]
    if not isinstance(content, Mapping) or not content:
        raise ValueError(f"{name}: expected tensors by name, got {_kind(content)}; use the file as published")
    others = [str(key) for key, value in content.items() if not (isinstance(key, str) and _plain(value))]
    if others:
        raise ValueError(
            f"{name}: expected tensors by name, got something else under {_some(others)}; "
            "use the file as published"
        )
    return dict(content)


def unwrapped(state: Mapping[str, Tensor], markers: Iterable[str], name: str) -> StateDict:
    """The network's own names: the prefix before a marker is taken off, its companions are dropped.

    ``markers``: names of which the network has one. A prefix is made of ``WRAPPERS``, such as
    ``module.generator.``. Names that belong to nothing known stay, so that loading names them.
    Raises ValueError where no marker is found.
    """
    ends = tuple(markers)
    wrapping = rf"(({'|'.join(WRAPPERS)})\.)*"
    found = {key[: -len(end)] for key in state for end in ends if key.endswith(end)}
    prefixes = [prefix for prefix in found if re.fullmatch(wrapping, prefix)]
    if not prefixes:
        raise ValueError(
            f"{name}: expected a tensor named {' or '.join(ends)}, got {_some(state)}; "
            "use a file of this network"
        )
    prefix = min(prefixes, key=_rank)
    if not prefix:
        return dict(state)
    whole = "module." if prefix.startswith("module.") else ""
    beside = (*COMPANIONS, *(f"{whole}{word}" for word in (*COMPANIONS, *WRAPPERS)))
    kept: StateDict = {}
    for key, value in state.items():
        if key.startswith(prefix):
            kept[key.removeprefix(prefix)] = value
        elif not any(key == word or key.startswith(f"{word}.") for word in beside):
            kept[key] = value
    return kept


def shape(state: Mapping[str, Tensor], key: str, dimensions: int, name: str) -> tuple[int, ...]:
    """The shape of one tensor from which a configuration is read. ValueError names what is missing."""
    if key not in state:
        raise ValueError(f"{name}: expected a tensor {key}, which is missing; use the whole published file")
    found = tuple(state[key].shape)
    if len(found) != dimensions or 0 in found:
        raise ValueError(
            f"{name}: expected {key} with {dimensions} dimensions, got shape {found}; "
            "use the file of this network as published"
        )
    return found


def count(state: Mapping[str, Tensor], before: str, after: str) -> int:
    """How many names are ``before``, a number, ``after``, such as ``body.0.weight``, ``body.1.weight``."""
    fitting = (key for key in state if key.startswith(before) and key.endswith(after))
    return sum(key[len(before) : len(key) - len(after)].isdecimal() for key in fitting)


def build_strict(make: Callable[[], Network], state: Mapping[str, Tensor], name: str) -> Network:
    """The network of ``make`` with the tensors of ``state`` as float32, on their device, ready to predict.

    ``make`` runs on the ``meta`` device, where a network takes no memory. Raises one ValueError that
    names every kind of misfit: names missing, names unknown, wrong shapes, no floats, NaN or
    infinite values.
    """
    with torch.device("meta"):
        network = make()
    wanted = network.state_dict()
    shared = [key for key in wanted if key in state]
    problems = [
        ("missing", [key for key in wanted if key not in state]),
        ("unknown", [key for key in state if key not in wanted]),
        (
            "of another shape",
            [
                f"{key} (expected {tuple(wanted[key].shape)}, got {tuple(state[key].shape)})"
                for key in shared
                if wanted[key].shape != state[key].shape
            ],
        ),
        ("not floating point", [key for key in shared if not state[key].is_floating_point()]),
        ("NaN or infinite", [key for key in shared if not _finite(state[key])]),
    ]
    found = [f"{kind}: {_some(keys)}" for kind, keys in problems if keys]
    if found:
        raise ValueError(
            f"{name}: expected exactly the {len(wanted)} tensors of {type(network).__name__}, got "
            f"{'; '.join(found)}; use the published file of this network"
        )
    network.load_state_dict({key: state[key].float().contiguous() for key in wanted}, assign=True)
    return network.eval()


class _Compressed(Exception):
    """A checkpoint whose parts are compressed: ``torch.save`` stores them as they are."""


def _begin(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(64)


def _refuse_compressed(source: CheckpointSource) -> None:
    """Refuse archives that expand: a checkpoint is as large in memory as on disk."""
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        gained = sum(entry.file_size for entry in entries) - sum(entry.compress_size for entry in entries)
        if gained > LARGEST_GAIN:
            raise _Compressed


def _other(begins: bytes, error: Exception) -> str:
    """What came instead of a checkpoint."""
    if not begins:
        return "an empty file"
    if begins.lstrip().startswith(b"<"):
        return "a web page"
    if isinstance(error, _Compressed):
        return "one whose tensors are compressed"
    if begins.startswith(b"\x80"):
        return f"a pickle that holds other things, or is damaged ({type(error).__name__})"
    return f"one that is damaged ({type(error).__name__})"


def _plain(value: object) -> bool:
    """A tensor whose every value lies in memory, at a place of its own."""
    if not isinstance(value, Tensor):
        return False
    if value.layout != torch.strided or value.is_quantized or value.is_meta:
        return False
    return value.numel() * value.element_size() <= value.untyped_storage().nbytes()


def _rank(prefix: str) -> tuple[int, ...]:
    return tuple(WRAPPERS.index(word) for word in prefix.split(".")[:-1])


def _finite(value: Tensor) -> bool:
    return value.is_meta or bool(torch.isfinite(value).all())


def _kind(content: object) -> str:
    return "nothing" if isinstance(content, Mapping) else f"a {type(content).__name__}"


def _some(keys: Iterable[str]) -> str:
    # Names come from files: one line, whatever is in them.
    listed = [" ".join(key.split())[:LONGEST] for key in keys]
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more
