"""What is known about models of Flux: which give arrays of the rank of their argument, and of which numbers.

The kind of a model has three parts: ``"keeps"`` (the rank) or ``"other"``, the kind of the numbers that it
gives, and the kinds of its layers.
"""

from __future__ import annotations

from ..kinds import ANY, BOOL, F32, FLOAT, INT, INTS, Kind, arr, promoted, tuple_of
from ..names import ELEMENTWISE

KEEPING = frozenset(["Dropout", "AlphaDropout", "BatchNorm", "LayerNorm", "GroupNorm", "InstanceNorm"])
LOSSES = frozenset(
    [
        "mse",
        "mae",
        "msle",
        "huber_loss",
        "logitcrossentropy",
        "crossentropy",
        "binarycrossentropy",
        "logitbinarycrossentropy",
        "kldivergence",
        "poisson_loss",
        "hinge_loss",
        "squared_hinge_loss",
        "focal_loss",
        "binary_focal_loss",
        "label_smoothing",
    ]
)
SAME = frozenset(("softmax", "logsoftmax", "normalise"))
NUMERIC = (INT, FLOAT, F32, BOOL)


def model(what: str, element: Kind, parts: tuple[Kind, ...] = ()) -> Kind:
    """The kind of a model."""
    return Kind("model", (what, element, parts))


OTHER = model("other", ANY)


def made_by(text: str, kinds: list[Kind], names: list[str], keywords: list[str]) -> Kind:
    """The kind of what a function of Flux gives; ``names`` are the arguments that are names."""
    if text == "Dense":
        return _dense(kinds, names, keywords)
    if text in KEEPING:
        return model("keeps", ANY)
    if text == "Chain":
        return _chain(kinds, names, keywords)
    if text in ("f32", "f64") and len(kinds) == 1 and kinds[0].tag == "model":
        return _converted(kinds[0], F32 if text == "f32" else FLOAT)
    if text in LOSSES and len(kinds) == 2 and set(keywords) <= {"dims"}:
        return _loss(kinds)
    if text in SAME and len(kinds) == 1 and kinds[0].tag == "arr" and kinds[0].element in (F32, FLOAT):
        return kinds[0]
    if (
        text == "DataLoader"
        and kinds
        and set(keywords) <= {"batchsize", "shuffle", "partial", "rng", "parallel"}
    ):
        first = kinds[0]
        parts = first.args if first.tag == "tuple" else (first,)
        if parts and all(k.tag == "onehot" or (k.tag == "arr" and k.stored == "nd") for k in parts):
            return Kind("loader", (tuple_of(*parts) if first.tag == "tuple" else first,))
    if text in (
        "glorot_uniform",
        "glorot_normal",
        "kaiming_uniform",
        "kaiming_normal",
        "rand32",
        "randn32",
        "zeros32",
        "ones32",
    ):
        return arr(F32, len(kinds)) if kinds and not keywords and all(k in INTS for k in kinds) else ANY
    return ANY


def _activation(names: list[str], place: int, count: int) -> bool:
    """Whether the activation leaves the width of numbers as it is."""
    if count <= place:
        return True
    return place < len(names) and (names[place] in ELEMENTWISE or names[place] == "identity")


def _dense(kinds: list[Kind], names: list[str], keywords: list[str]) -> Kind:
    if kinds and kinds[0].tag == "tuple":
        plain = set(keywords) <= {"bias"} and _activation(names, 1, len(kinds))
        return model("keeps", F32 if plain else ANY)
    if kinds and kinds[0].tag == "arr" and kinds[0].rank == 2:
        element = kinds[0].element
        plain = not keywords and element in (F32, FLOAT)
        biased = len(kinds) > 1 and kinds[1].tag == "arr"
        fits = not biased or kinds[1].element == element
        return model("keeps", element if plain and fits and _activation(names, 2, len(kinds)) else ANY)
    return OTHER


def _chain(kinds: list[Kind], names: list[str], keywords: list[str]) -> Kind:
    parts = []
    for place, kind in enumerate(kinds):
        name = names[place] if place < len(names) else ""
        if kind.tag == "model":
            if kind.args[0] != "keeps":
                return model("other", ANY, tuple(k if k.tag == "model" else OTHER for k in kinds))
        elif name in ELEMENTWISE or name in SAME:
            kind = OTHER
        else:
            return model("other", ANY, tuple(k if k.tag == "model" else OTHER for k in kinds))
        parts.append(kind)
    dense = [k for k in kinds if k.tag == "model" and k.args[1] != ANY]
    known = bool(dense) and len({k.args[1] for k in dense}) == 1
    loose = any(k.tag == "model" and k.args[1] == ANY and not _keeps_width(k) for k in kinds)
    return model("keeps", dense[0].args[1] if known and not loose else ANY, tuple(parts))


def _keeps_width(kind: Kind) -> bool:
    """Normalisation and dropout give numbers of the width that they get."""
    return kind == model("keeps", ANY)


def _converted(kind: Kind, element: Kind) -> Kind:
    what, _, parts = kind.args
    return model(what, element if kind.args[1] != ANY else ANY, tuple(_converted(p, element) for p in parts))


def called(kind: Kind, arguments: list[Kind]) -> Kind:
    """What a model gives for these arguments."""
    what, element, _ = kind.args
    if what != "keeps" or element == ANY or len(arguments) != 1:
        return ANY
    x = arguments[0]
    if x.tag == "arr" and x.stored == "nd" and x.rank is not None and x.element in NUMERIC:
        return arr(element, x.rank)
    return arr(element, 2) if x.tag == "onehot" and x.args else ANY


def _loss(kinds: list[Kind]) -> Kind:
    found = []
    for k in kinds:
        if k.tag == "onehot":
            continue
        if k.tag != "arr" or k.element not in (F32, FLOAT):
            return ANY
        found.append(k.element)
    return (found[0] if len(found) == 1 else promoted(*found)) if found and len(set(found)) == 1 else ANY


def part(kind: Kind, place: int) -> Kind:
    """A layer of a chain, counted from 1."""
    parts = kind.args[2] if len(kind.args) > 2 else ()
    return parts[place - 1] if 1 <= place <= len(parts) else OTHER


def field(kind: Kind, name: str) -> Kind:
    """The arrays of a Dense layer."""
    what, element, parts = kind.args
    if what == "keeps" and element in (F32, FLOAT) and not parts and name == "weight":
        return arr(element, 2)
    return Kind("layers", (kind,)) if name == "layers" else ANY
