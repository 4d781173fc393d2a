"""np.einsum: every spelling is made explicit first, then one rule is enough.

The cotangent of an operand is an einsum of the output's cotangent and the other operands.
"""

from __future__ import annotations

import math
import string
import threading
from collections.abc import Sequence
from inspect import Parameter, Signature
from typing import Any

import numpy as np

from ..elementwise import conj
from ..inplace import related, shares
from ..primitive import PRIMITIVES, Primitive, implements, plain, primitive, refuse_out
from .shaping import as_array

LETTERS = string.ascii_uppercase + string.ascii_lowercase  # NumPy's order of sublist labels
_BIG = 4096  # elements from which a search for a good order of the products pays


def _unused(text: str) -> list[str]:
    return [letter for letter in LETTERS if letter not in text]


# -- spelling --------------------------------------------------------------------------------------


def _from_sublists(args: Sequence[Any]) -> tuple[str, list[Any]]:
    """``einsum(a, [0, 1], b, [1, 2], [0, 2])`` as text and operands."""

    def text(labels: Sequence[Any]) -> str:
        return "".join("..." if k is Ellipsis else LETTERS[int(k)] for k in labels)

    count = len(args) // 2
    terms = ",".join(text(args[2 * i + 1]) for i in range(count))
    if len(args) % 2:
        terms += "->" + text(args[-1])
    return terms, list(args[: 2 * count : 2])


def explicit(subscripts: str, ndims: Sequence[int]) -> str:
    """`subscripts` with its output written out and with letters in place of ellipses."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ndims):
        raise ValueError(f"einsum: {len(terms)} terms in {subscripts!r}, but {len(ndims)} operands")
    if not arrow:
        letters = sorted(set(inputs) - set(",."))
        output = "".join(c for c in letters if inputs.count(c) == 1)
        output = "..." + output if "..." in inputs else output
    if "..." not in inputs:
        return f"{inputs}->{output}"
    counts = [n - len(t.replace("...", "")) for t, n in zip(terms, ndims, strict=True)]
    widest = max(c for t, c in zip(terms, counts, strict=True) if "..." in t)
    broadcast = "".join(_unused(subscripts)[:widest])
    if widest and "..." not in output:
        raise ValueError(f"einsum: the axes of the ellipsis in {subscripts!r} are missing in the output")
    terms = [t.replace("...", broadcast[widest - c :]) for t, c in zip(terms, counts, strict=True)]
    return f"{','.join(terms)}->{output.replace('...', broadcast)}"


@implements(np.einsum)
def einsum(*operands: Any, out: Any = None, optimize: Any = False, dtype: Any = None, **options: Any) -> Any:
    refuse_out("einsum", out)
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], list(operands[1:])
    else:
        subscripts, arrays = _from_sublists(operands)
    arrays = [as_array(x) if isinstance(x, (list, tuple)) else x for x in arrays]
    subscripts = explicit(subscripts, [np.ndim(x) for x in arrays])
    y = _einsum_of(len(arrays))(*arrays, subscripts=subscripts, optimize=optimize)
    if (
        len(arrays) == 1 and isinstance(plain(y), np.ndarray) and shares(plain(y), plain(arrays[0]))
    ):  # axes in another order, or a diagonal
        related(arrays[0], y)
    return y if dtype is None else y.astype(dtype)


# -- the primitives, one for each number of operands --------------------------------------------------


def _compute(*arrays: Any, subscripts: str, optimize: Any) -> Any:
    return np.einsum(subscripts, *arrays, optimize=optimize)


def _cotangent(k: int, dy: Any, arrays: Sequence[Any], subscripts: str, optimize: Any) -> Any:
    """The cotangent of operand k; of that operand only the shape is looked at."""
    inputs, _, output = subscripts.partition("->")
    terms = inputs.split(",")
    shape = dict(zip(terms[k], np.shape(arrays[k]), strict=True))
    unique = "".join(shape)
    others = [(t, conj(x)) for i, (t, x) in enumerate(zip(terms, arrays, strict=True)) if i != k]
    seen = set(output).union(*(t for t, _ in others))
    reached = "".join(c for c in unique if c in seen)
    factors = ",".join([output, *(t for t, _ in others)])
    if others or reached != output:
        size = sum(math.prod(np.shape(x)) for _, x in others)
        better = bool(optimize is not False or len(others) > 1 or size > _BIG) and bool(others)
        dy = np.einsum(f"{factors}->{reached}", dy, *(x for _, x in others), optimize=better)
    repeated = tuple(
        i for i, (c, n) in enumerate(zip(reached, np.shape(dy), strict=True)) if shape[c] == 1 != n
    )
    if repeated:  # an axis of length 1 that was broadcast against the other operands
        dy = np.sum(dy, axis=repeated, keepdims=True)
    if reached != unique:  # labels of this operand alone, summed over: the same for all
        dy = np.reshape(dy, [shape[c] if c in seen else 1 for c in unique])
        dy = np.broadcast_to(dy, [shape[c] for c in unique])
    return _on_diagonals(dy, unique, terms[k], shape)


def _on_diagonals(dy: Any, unique: str, term: str, shape: dict[str, int]) -> Any:
    """Put what was read off diagonals (repeated labels) back onto them."""
    if unique == term:
        return dy
    fresh = iter(_unused(term))
    target, factors, masks = "", [unique], []
    for c in term:
        if c in target:
            new = next(fresh)
            factors.append(c + new)
            masks.append(np.eye(shape[c]))
            target += new
        else:
            target += c
    return np.einsum(f"{','.join(factors)}->{target}", dy, *masks)


_making = threading.Lock()  # a name is registered once, by whichever thread is first


def _einsum_of(count: int) -> Primitive:
    """The primitive for so many operands, made at its first use."""
    name = f"einsum{count}"
    made = PRIMITIVES.get(name)
    if made is None:
        with _making:
            made = PRIMITIVES.get(name)
            if made is None:
                rules = [_rule(k, count) for k in range(count)]
                made = primitive(None, *rules, jvp="multilinear", name=name, compute=_compute)
    return made


def _rule(k: int, count: int) -> Any:
    """The reverse rule of operand k, whose own value it does not need: its parameter has an underscore."""

    def rule(dy: Any, _y: Any, *arrays: Any, subscripts: str, optimize: Any) -> Any:
        return _cotangent(k, dy, arrays, subscripts, optimize)

    names = ["dy", "_y", *[f"_x{i}" if i == k else f"x{i}" for i in range(count)], "subscripts", "optimize"]
    rule.__signature__ = Signature([Parameter(n, Parameter.POSITIONAL_OR_KEYWORD) for n in names])  # type: ignore[attr-defined]
    return rule


for _count in (1, 2, 3):
    _einsum_of(_count)
