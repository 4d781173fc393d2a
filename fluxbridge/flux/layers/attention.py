"""Multi-head attention (Vaswani et al. 2017)."""

from __future__ import annotations

from typing import Any

from ...autodiff.primitive import plain
from ...errors import ArgumentError, DimensionMismatch
from ..declare import layer
from ..initialisers import glorot_uniform
from ..nnlib.attention import dot_product_attention
from ..nnlib.numeric import check_integer
from .basic import Dense
from .dropout import Dropout
from .shapes import as_array

__all__ = ["MultiHeadAttention"]


def _sizes(dims: Any) -> tuple[int, int, int, int, int, int]:
    """The numbers of features of q, k, v, of queries and keys inside, of values inside, and of the output."""
    if not isinstance(dims, (tuple, list)):
        return (dims,) * 6
    try:
        inside, *rest = dims
        middle, out = rest[0] if len(rest) == 1 else rest
        q, k, v = inside if isinstance(inside, (tuple, list)) else (inside,) * 3
        qk, value = middle if isinstance(middle, (tuple, list)) else (middle, middle)
    except (TypeError, ValueError):
        raise ArgumentError(
            "MultiHeadAttention takes one number of features, (in, (qkv, out)), or "
            f"((q_in, k_in, v_in), ((qk, v), out)), not {dims!r}"
        ) from None
    return q, k, v, qk, value, out


@layer(show="noexpand")
class MultiHeadAttention:
    """Multi-head attention with projections (Vaswani et al. 2017).

    ``MultiHeadAttention(dims, *, nheads=8, bias=False, dropout_prob=0.0, init=glorot_uniform)``:

    `dims` is one number of features for everything, ``(in, (qkv, out))``, or with different sizes ``((q_in,
    k_in, v_in), ((qk, v), out))``. ``layer(q, k, v, bias=None, mask=None)`` takes arrays of shape (features,
    length, batch); v defaults to k, and k to q. It returns the output (out, length of q, batch) and the
    attention scores (length of k, length of q, heads, batch). `bias` is added to the logits; where `mask`
    (keys, queries, heads, batch) is False, the score is 0. Fields: `nheads`, the Dense layers `q_proj`,
    `k_proj`, `v_proj` and `out_proj`, the Dropout `attn_drop`.

    Raises ArgumentError unless nheads divides qk and v, DimensionMismatch for inputs that do not fit.

    >>> import numpy as np
    >>> layer = MultiHeadAttention(64, nheads=8)
    >>> y, scores = layer(np.ones((64, 10, 32), np.float32))
    >>> y.shape, scores.shape
    ((64, 10, 32), (10, 10, 8, 32))
    """

    __fluxbridge_constants__ = ("nheads",)

    def __init__(
        self,
        dims: Any,
        *,
        nheads: int = 8,
        bias: bool = False,
        init: Any = glorot_uniform,
        dropout_prob: float = 0.0,
    ):
        q_in, k_in, v_in, qk, v, out = _sizes(dims)
        check_integer("nheads", nheads, 1)
        for size in (q_in, k_in, v_in, qk, v, out):
            check_integer("a number of features", size, 0)
        for name, n in (("qk_dim", qk), ("v_dim", v)):
            if n % nheads:
                raise ArgumentError(f"{name} = {n} should be divisible by nheads = {nheads}")
        self.nheads = nheads
        self.q_proj = Dense((q_in, qk), bias=bias, init=init)
        self.k_proj = Dense((k_in, qk), bias=bias, init=init)
        self.v_proj = Dense((v_in, v), bias=bias, init=init)
        self.attn_drop = Dropout(dropout_prob)
        self.out_proj = Dense((v, out), bias=bias, init=init)

    def __call__(self, q: Any, k: Any = None, v: Any = None, bias: Any = None, *, mask: Any = None) -> Any:
        k = q if k is None else k
        v = k if v is None else v
        q, k, v = (as_array(x) for x in (q, k, v))
        for x in (q, k, v):
            if len(x.shape) != 3:
                raise DimensionMismatch(
                    f"layer {self!r} expects inputs of shape (features, length, batch), "
                    f"but got one of shape {x.shape}"
                )
        y, scores = dot_product_attention(
            self.q_proj(q),
            self.k_proj(k),
            self.v_proj(v),
            bias,
            fdrop=self.attn_drop,
            mask=mask,
            nheads=self.nheads,
        )
        return self.out_proj(y), scores

    def __repr__(self) -> str:
        (qk, q_in), (_, k_in), (v, v_in) = (p.weight.shape for p in (self.q_proj, self.k_proj, self.v_proj))
        out = self.out_proj.weight.shape[0]
        same = q_in == k_in == v_in
        inside = str(q_in) if same else f"({q_in}, {k_in}, {v_in})"
        middle = str(qk) if same and qk == v else f"({qk}, {v})"
        sizes = inside if same and q_in == qk == v == out else f"{inside} => {middle} => {out}"
        bias = "" if self.q_proj.bias is False else ", bias=true"
        p = plain(self.attn_drop.p)
        dropped = f", dropout_prob={p}" if p else ""
        return f"MultiHeadAttention({sizes}; nheads={self.nheads}{bias}{dropped})"
