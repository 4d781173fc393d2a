"""Scaled dot-product attention with several heads (Vaswani et al. 2017)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import DimensionMismatch
from ..axes import takes_axis
from .batched import batched_mul
from .numeric import check_axis, check_broadcast, check_integer, check_numbers
from .softmax import softmax


def _split_heads(x: Any, nheads: int) -> Any:
    """(features, length, batch) → (features of a head, heads, length, batch)."""
    features, *rest = np.shape(x)
    return np.swapaxes(np.reshape(x, (nheads, features // nheads, *rest)), 0, 1)


def _join_heads(x: Any) -> Any:
    each, heads, *rest = np.shape(x)
    return np.reshape(np.swapaxes(x, 0, 1), (heads * each, *rest))


def _leading(x: Any) -> Any:
    """`x` with axes of length 1 appended up to four, because Julia broadcasts from the first axis."""
    return np.reshape(x, (*np.shape(x), *(1,) * (4 - np.ndim(x))))


def dot_product_attention_scores(
    q: Any, k: Any, bias: Any = None, fdrop: Callable[[Any], Any] | None = None, mask: Any = None
) -> Any:
    """Attention scores: softmax over the keys of the scaled dot products of keys and queries.

    `q` and `k` have the shape (features of a head, heads, length, batch); the result has the shape (keys,
    queries, heads, batch), and sums to 1 over the keys. `bias` is added to the logits; where `mask` is False
    the score is 0; `fdrop` is applied to the scores. Raises DimensionMismatch unless q and k have 4 axes and
    agree but for their lengths, and bias and mask broadcast with the scores, ArgumentError for what holds no
    numbers.

    >>> x = np.ones((4, 2, 3, 5))
    >>> dot_product_attention_scores(x, x[:, :, :2]).shape
    (2, 3, 2, 5)
    """
    check_numbers("attention", q, k)
    first, second = np.shape(q), np.shape(k)
    if not len(first) == len(second) == 4 or first[:2] + first[3:] != second[:2] + second[3:]:
        raise DimensionMismatch(
            "attention takes q and k of shape (features of a head, heads, length, batch) that differ in "
            f"their lengths only, but got the shapes {first} and {second}"
        )
    for name, x in (("bias", bias), ("mask", mask)):
        if x is not None:
            check_numbers(f"the {name} of attention", x)
            if np.ndim(x) > 4:
                raise DimensionMismatch(
                    f"the {name} of attention has at most 4 axes, not the shape {np.shape(x)}"
                )
            of_scores = (second[2], first[2], *first[1::2])
            check_broadcast(f"{name} and scores of attention", np.shape(_leading(x)), of_scores)
    keys = np.transpose(k, (2, 0, 1, 3))
    queries = np.transpose(q, (0, 2, 1, 3)) / math.sqrt(np.shape(q)[0])
    logits = batched_mul(keys, queries)
    if bias is not None:
        logits = logits + _leading(bias)
    if mask is not None:
        logits = np.where(_leading(mask), logits, -np.inf)
    scores = softmax(logits, axis=0)
    return scores if fdrop is None else fdrop(scores)


def dot_product_attention(
    q: Any,
    k: Any,
    v: Any,
    bias: Any = None,
    fdrop: Callable[[Any], Any] | None = None,
    mask: Any = None,
    nheads: int = 1,
) -> tuple[Any, Any]:
    """Multi-head attention without projections: the values averaged by the scores, and the scores.

    `q` is (features, queries, batch…), `k` (features, keys, batch…), `v` (value features, keys, batch…).
    `bias` is added to the logits and `mask` (True: may attend) restricts them; both have the shape (keys,
    queries, heads, batch), with length 1 where they are shared, or only the first of these axes. `fdrop` is
    applied to the scores. Returns the values (value features, queries, batch…) and the scores (keys, queries,
    heads, batch…).

    Raises DimensionMismatch if the shapes do not fit each other or the number of heads, ArgumentError for
    what holds no numbers.

    >>> x = np.ones((4, 3, 2))
    >>> y, scores = dot_product_attention(x, x, x, nheads=2)
    >>> y.shape, scores.shape
    ((4, 3, 2), (3, 3, 2, 2))
    """
    shapes = np.shape(q), np.shape(k), np.shape(v)
    check_integer("nheads", nheads, 1)
    check_numbers("attention", q, k, v)
    if min(map(len, shapes)) < 2:
        raise DimensionMismatch(f"attention takes q, k, v of shape (features, length, batch…), not {shapes}")
    batch = shapes[0][2:]
    if any(s[2:] != batch for s in shapes):
        raise DimensionMismatch(f"Batch dimensions have to be the same, but q, k, v have the shapes {shapes}")
    if shapes[0][0] != shapes[1][0] or shapes[1][1] != shapes[2][1] or any(s[0] % nheads for s in shapes):
        raise DimensionMismatch(
            f"Attention with nheads={nheads} does not fit q, k, v of the shapes {shapes}: q and k need "
            "equal features, k and v equal lengths, and all features must be divisible by nheads"
        )
    q, k, v = (_split_heads(np.reshape(x, (*np.shape(x)[:2], -1)), nheads) for x in (q, k, v))
    scores = dot_product_attention_scores(q, k, bias, fdrop, mask)
    mixed = batched_mul(np.transpose(v, (0, 2, 1, 3)), scores)
    y = _join_heads(np.transpose(mixed, (0, 2, 1, 3)))
    y = np.reshape(y, (*np.shape(y)[:2], *batch))
    return y, np.reshape(scores, (*np.shape(scores)[:3], *batch))


@takes_axis
def make_causal_mask(x: Any, axis: int = 1) -> np.ndarray:
    """A boolean mask (n, n) in which query j may attend to the keys up to j.

    n is the length of the array x along `axis`; the mask is an upper triangle. Raises DimensionMismatch if x
    has no such axis, ArgumentError for what is no axis.

    >>> make_causal_mask(np.zeros((4, 2)))
    array([[ True,  True],
           [False,  True]])
    """
    check_axis("make_causal_mask", axis, np.ndim(x), several=False)
    n = np.shape(x)[axis]
    return np.triu(np.ones((n, n), bool))
