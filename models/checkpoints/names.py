"""Names in checkpoints: of a network, of its averaged weights, and of what lies beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from torch import Tensor

StateDict = dict[str, Tensor]

# Words of the names under which trainers store a network: state_dict, params_ema, netG, model_ema, _orig_mod.
_WRAPPING = frozenset(
    {"params", "param", "generator", "gen", "g", "net", "network", "model", "module", "modules"}
    | {"state", "states", "dict", "weights", "callbacks", "orig", "mod"}
    | {"best", "last", "current", "latest", "final", "online", "student"}
)
# Words that say that weights are averaged over the steps of the training.
_AVERAGED = frozenset(
    {"ema", "averaged", "averaging", "average", "avg", "swa", "shadow", "moving", "exponential", "polyak"}
)
# Keys stored beside a wrapped network that do not belong to it.
_COMPANIONS = frozenset(
    {"discriminator", "netD", "perceptual_loss", "pixel_loss", "gan_loss", "data_preprocessor"}
    | {"step_counter", "n_averaged", "initted", "step", "decay", "num_updates"}
)
# Limits of a message: number of names, and characters per name.
_NAMED, _LONGEST = 5, 160


def is_wrapping(key: str) -> bool:
    """Whether trainers store networks under this dotted key."""
    words = key.split(".") if key else []
    # Lightning names what a callback saves after its class and its settings.
    return all(_wraps(word) for word in words) or ("callbacks" in words and is_averaged(key))


def is_averaged(key: str) -> bool:
    """Whether a dotted key says that the weights under it are averaged."""
    return any(_AVERAGED & set(_split(word)) for word in key.split("."))


def is_companion(name: str, prefix: str) -> bool:
    """Whether a tensor's name shows that it lies beside the network with this prefix, not in it."""
    words = name.split(".")
    place = diverging(name, prefix.rstrip("."))
    return words[place] in _COMPANIONS or (_wraps(words[place]) and place + 1 < len(words))


def diverging(key: str, around: str) -> int:
    """The place of the first word of a dotted key that another has not."""
    words, others = key.split("."), around.split(".") if around else []
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, others, strict=False)))
    return min(shared, len(words) - 1)


def joined(*parts: str) -> str:
    """The parts with dots between them, without empty ones."""
    return ".".join(part for part in parts if part)


def some(names: Iterable[str]) -> str:
    """The first names of a list in one line, and how many more there are."""
    # Names come from files and may contain line breaks.
    listed = [" ".join(name.split())[:_LONGEST] for name in names]
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more


def _wraps(word: str) -> bool:
    parts = _split(word)
    return bool(parts) and all(part in _WRAPPING or part in _AVERAGED for part in parts)


def _split(word: str) -> list[str]:
    """The words of a name, in small letters: netG_ema gives net, g and ema."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", word)
    return [part.lower() for part in re.split(r"[^A-Za-z0-9]+", apart) if part]
