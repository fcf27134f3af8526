"""Third-party checkpoints: read without pickled code, unwrapped, and loaded strictly."""

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

# Keys under which trainers store a network; averaged weights come before the last ones.
WRAPPERS = ("params_ema", "params", "generator_ema", "generator", "netG", "state_dict", "module")
# Keys stored beside a wrapped network that do not belong to it.
COMPANIONS = (
    "discriminator",
    "netD",
    "perceptual_loss",
    "pixel_loss",
    "gan_loss",
    "data_preprocessor",
    "step_counter",
)
# Limits of a message: number of names, and characters per name.
NAMED, LONGEST = 5, 160
# Bytes by which compressed members may grow.
LARGEST_GAIN = 1 << 20


def named(source: CheckpointSource, name: str | None = None) -> str:
    """Return the start of error messages: ``name``, or the path, or ``checkpoint``."""
    return name or ("checkpoint" if isinstance(source, bytes) else str(source))


def read_state(source: CheckpointSource, name: str | None = None) -> StateDict:
    """Return the tensors by name of a ``torch.save`` or safetensors file, on the CPU, without wrapping dicts.

    Raises FileNotFoundError, and ValueError for a file that is truncated, holds code, or has no tensors.
    """
    return opened(read_content(source, name), named(source, name))


def read_content(source: CheckpointSource, name: str | None = None) -> object:
    """Return the content as saved: tensors, numbers, texts, and lists and dicts of them."""
    begins = source[:64] if isinstance(source, bytes) else _begin(Path(source))
    if is_safetensors(begins):
        return decode_tensors(source, named(source, name))
    try:
        with warnings.catch_warnings():
            # Pickle protocols newer than torch's are read or rejected below.
            warnings.filterwarnings("ignore", message="Detected pickle protocol")
            _refuse_compressed(source)
            # Opened here, since torch chooses the format by a path's suffix.
            with io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb") as file:
                content: object = torch.load(file, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # a damaged pickle can raise any exception
        asked = re.search(r"GLOBAL (\S+)", str(error))
        found = f"one that asks for {asked[1]}" if asked else _other(begins, error)
        raise ValueError(
            f"{named(source, name)}: expected a checkpoint of tensors alone, got {found}; "
            "fetch the file again, and compare its hash"
        ) from error
    return content


def opened(content: object, name: str = "checkpoint") -> StateDict:
    """Return the tensors by name in what ``torch.load`` returned; unwrap ``params_ema``, ``state_dict`` ….

    The first match in ``WRAPPERS`` is used. Raises ValueError if there are no tensors.
    """
    # The loop is bounded because a dict may contain itself.
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
    """Return the network's tensors without the prefix of their names and without ``COMPANIONS``.

    The network has a tensor with one of the names in ``markers``. A prefix consists of ``WRAPPERS``, such
    as ``module.generator.``. Unknown names stay, so that loading reports them.
    Raises ValueError if no marker is found.
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
    """Return the shape of a tensor that sets the configuration. ValueError names a missing tensor."""
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
    """Count the names of the form ``before`` + number + ``after``, such as ``body.0.weight``."""
    fitting = (key for key in state if key.startswith(before) and key.endswith(after))
    return sum(key[len(before) : len(key) - len(after)].isdecimal() for key in fitting)


def build_strict(make: Callable[[], Network], state: Mapping[str, Tensor], name: str) -> Network:
    """Return the network of ``make`` with the tensors of ``state`` as float32, on their device, in eval mode.

    ``make`` runs on the ``meta`` device, where a network takes no memory. Raises one ValueError that
    lists every kind of mismatch: missing names, unknown names, wrong shapes, non-float dtypes, NaN or
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
    """The checkpoint is a compressed archive; ``torch.save`` never compresses."""


def _begin(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(64)


def _refuse_compressed(source: CheckpointSource) -> None:
    """Reject compressed archives: a checkpoint takes as much memory as disk space."""
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        gained = sum(entry.file_size for entry in entries) - sum(entry.compress_size for entry in entries)
        if gained > LARGEST_GAIN:
            raise _Compressed


def _other(begins: bytes, error: Exception) -> str:
    """Describe a file that is not a checkpoint."""
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
    """Return True for a tensor that stores every value separately in memory."""
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
    # Names come from files and may contain line breaks.
    listed = [" ".join(key.split())[:LONGEST] for key in keys]
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more
