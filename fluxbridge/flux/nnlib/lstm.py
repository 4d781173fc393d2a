"""An LSTM cell over a whole sequence, as one primitive (Hochreiter and Schmidhuber 1997).

With the gates i, f, g, o (input, forget, cell, output) of ``Wi x_t + Wh h_{t-1} + b``,

    c_t = f_t c_{t-1} + i_t g_t        h_t = o_t tanh(c_t)

where i, f and o have passed through sigmoid and g through tanh. The gates are an output, so the rule need not
compute them again; inside they stand in the order g, i, f, o, in which those through sigmoid are neighbours,
and those that c_t is made of. There are two implementations of the rule: one for plain arrays, which takes as
much as it can for a block of steps at once, and one written with differentiable functions, for derivatives of
second order. Time is the first axis inside, so that each step is contiguous.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...autodiff.primitive import Tracer, primitive
from ...errors import DimensionMismatch


class Run(NamedTuple):
    """Hidden states (h, steps, batch), cell states (steps, h, batch) and gates (steps, 4h, batch)."""

    hidden: Any
    cell: Any
    gates: Any


def _ordered(w: np.ndarray, n: int) -> np.ndarray:
    """Rows i, f, g, o in the order g, i, f, o."""
    return np.concatenate([w[2 * n : 3 * n], w[: 2 * n], w[3 * n :]])


def _as_given(w: np.ndarray, n: int) -> np.ndarray:
    """The inverse of :func:`_ordered`."""
    return np.concatenate([w[n : 3 * n], w[:n], w[3 * n :]])


def _lstm(
    x: np.ndarray, wi: np.ndarray, wh: np.ndarray, b: np.ndarray, h0: np.ndarray, c0: np.ndarray, by_x: bool
) -> Run:
    n, (inside, steps, batch) = wh.shape[1], x.shape
    dtype = np.result_type(x, wi, wh, b, h0, c0)
    hidden, cell = (np.empty((steps, n, batch), dtype) for _ in range(2))
    gates = np.empty((steps, 4 * n, batch), dtype)
    recurrent, work = np.empty((4 * n, batch), dtype), np.empty((n, batch), dtype)
    of_x = np.empty((4 * n, inside + 1), dtype)  # with the bias, by which a row of ones is multiplied
    of_x[:, :-1], of_x[:, -1] = _ordered(wi, n), _ordered(b, n)
    of_h = _ordered(wh, n).astype(dtype, copy=False)
    for w in (of_x, of_h):  # sigmoid(z) = 1 / (1 + exp(-z))
        np.negative(w[n:], out=w[n:])
    ones = np.empty((steps, inside + 1, batch), dtype)
    ones[:, :-1], ones[:, -1] = np.swapaxes(x, 0, 1), 1
    np.matmul(of_x, ones, out=gates)
    h, c = h0.astype(dtype, copy=False), c0
    with np.errstate(over="ignore"):
        for t in range(steps):
            gate = gates[t]
            np.matmul(of_h, h, out=recurrent)
            gate += recurrent
            g, sigmoids = gate[:n], gate[n:]
            np.tanh(g, out=g)
            np.exp(sigmoids, out=sigmoids)
            sigmoids += 1
            np.reciprocal(sigmoids, out=sigmoids)
            np.multiply(gate[n : 2 * n], g, out=work)
            c = np.multiply(c, gate[2 * n : 3 * n], out=cell[t])
            c += work
            np.tanh(c, out=work)
            h = np.multiply(work, gate[3 * n :], out=hidden[t])
    return Run(np.swapaxes(hidden, 0, 1), cell, gates)


def _plain_rule(
    dy: Any, y: Run, x: Any, wi: Any, wh: Any, b: Any, h0: Any, c0: Any, by_x: bool
) -> tuple[Any, ...]:
    """The cotangents of the inputs, for plain arrays."""
    dh, dc, dgates = dy
    hidden, cell, gates = y
    (steps, n, batch), inside, dtype = cell.shape, x.shape[0], cell.dtype
    back, back_x = (np.ascontiguousarray(_ordered(w, n).T) for w in (wh, wi))
    dx = np.empty((steps, inside, batch), dtype) if by_x else None
    dw, db = np.zeros((4 * n, inside + n), dtype), np.zeros(4 * n, dtype)
    at_h, at_c, work = (np.zeros((n, batch), dtype) for _ in range(3))
    length = max(1, BLOCK // (gates.itemsize * 4 * n * max(batch, 1)))
    for start in reversed(range(0, steps, length)):
        block = slice(start, min(start + length, steps))
        gate, shown = gates[block], np.tanh(cell[block])
        g, i, f, o = (gate[:, k * n : (k + 1) * n] for k in range(4))
        before = np.concatenate([c0[None] if start == 0 else cell[start - 1 : start], cell[block][:-1]])
        # h_t depends on c_t by o (1 - tanh(c)²)
        by_c = np.multiply(shown, shown)
        np.subtract(1, by_c, out=by_c)
        by_c *= o
        # on the sums within the gates: s (1 - s), and 1 - g² of the cell gate, times what a gate multiplies
        part = np.subtract(1, gate)
        part *= gate
        slope = part[:, :n]
        np.multiply(g, g, out=slope)
        np.subtract(1, slope, out=slope)
        more = None if dgates is None else dgates[block] * part
        for k, factor in enumerate((i, g, before, shown)):
            part[:, k * n : (k + 1) * n] *= factor
        of_c, of_h = part[:, : 3 * n].reshape(len(part), 3, n, batch), part[:, 3 * n :]
        for t in reversed(range(len(gate))):
            if dh is not None:
                at_h += dh[:, start + t]
            if dc is not None:
                at_c += dc[start + t]
            at_c += np.multiply(at_h, by_c[t], out=work)
            np.multiply(of_c[t], at_c, out=of_c[t])
            np.multiply(of_h[t], at_h, out=of_h[t])
            if more is not None:
                part[t] += more[t]
            np.matmul(back, part[t], out=at_h)
            at_c *= f[t]
        if dx is not None:
            np.matmul(back_x, part, out=dx[block])
        given = np.empty((inside + n, len(gate), batch), dtype)
        given[:inside] = x[:, block]
        given[inside:, 0] = h0 if start == 0 else hidden[:, start - 1]
        given[inside:, 1:] = hidden[:, block][:, :-1]
        flat = np.swapaxes(part, 0, 1).reshape(4 * n, len(part) * batch)
        dw += flat @ given.reshape(inside + n, len(part) * batch).T
        db += flat @ np.ones(flat.shape[1], dtype)
    dw, db = _as_given(dw, n), _as_given(db, n)
    dx = None if dx is None else np.swapaxes(dx, 0, 1)
    return dx, dw[:, :inside].copy(), dw[:, inside:].copy(), db, at_h, at_c


BLOCK = 1 << 21  #: bytes of the gates of the steps that are taken together


def _plus(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else a + b


def _traced_rule(dy: Any, y: Any, x: Any, wi: Any, wh: Any, b: Any, h0: Any, c0: Any, by_x: bool) -> Any:
    """The same as :func:`_plain_rule`, written with differentiable functions."""
    dh, dc, dgates = dy
    hidden, cell, gates = y
    steps, n, _ = np.shape(cell)
    at_h: Any = np.zeros(np.shape(h0), cell.dtype)
    at_c: Any = np.zeros(np.shape(c0), cell.dtype)
    dx = []
    dwi: Any = None
    dwh: Any = None
    total: Any = None
    for t in reversed(range(steps)):
        g, i, f, o = (gates[t, k * n : (k + 1) * n] for k in range(4))
        shown = np.tanh(cell[t])
        at_h = _plus(at_h, None if dh is None else dh[:, t])
        at_c = _plus(at_c, None if dc is None else dc[t])
        at_c = at_c + at_h * o * (1 - shown * shown)
        slope = np.concatenate([i * (1 - i), f * (1 - f), 1 - g * g, o * (1 - o)])
        before = c0 if t == 0 else cell[t - 1]
        part = np.concatenate([at_c * g, at_c * before, at_c * i, at_h * shown])
        part = _plus(part, None if dgates is None else _as_given(dgates[t], n)) * slope
        total = _plus(total, part)
        dwi = _plus(dwi, part @ np.transpose(x[:, t]))
        dwh = _plus(dwh, part @ np.transpose(h0 if t == 0 else hidden[:, t - 1]))
        if by_x:
            dx.append(np.transpose(wi) @ part)
        at_h = np.transpose(wh) @ part
        at_c = at_c * f
    return np.stack(dx[::-1], axis=1) if by_x else None, dwi, dwh, np.sum(total, axis=1), at_h, at_c


def _rule(dy: Any, y: Any, x: Any, wi: Any, wh: Any, b: Any, h0: Any, c0: Any, by_x: bool) -> Any:
    traced = any(isinstance(v, Tracer) for v in (*dy, *y, x, wi, wh, b, h0, c0))
    return (_traced_rule if traced else _plain_rule)(dy, y, x, wi, wh, b, h0, c0, by_x)


LSTM: Any = primitive(None, joint=_rule, name="lstm", compute=_lstm)


def lstm(x: Any, wi: Any, wh: Any, b: Any, h0: Any, c0: Any) -> tuple[Any, Any]:
    """Hidden states (h, steps, batch) and cell states (steps, h, batch) of an LSTM cell over a sequence.

    x has the shape (features, steps, batch), with at least one step. The weights `wi` (4h, features) and `wh`
    (4h, h) and the bias `b` (4h,) hold the four gates in h rows each; `h0` and `c0` (h, batch) are the states
    before the first step. The dtype is the common one of all. Raises DimensionMismatch for other shapes.

    >>> zeros = np.zeros
    >>> h0, c0 = zeros((2, 3)), np.ones((2, 3))
    >>> hidden, cell = lstm(zeros((1, 5, 3)), zeros((8, 1)), zeros((8, 2)), zeros(8), h0, c0)
    >>> hidden.shape, cell[:, 0, 0]
    ((2, 5, 3), array([0.5    , 0.25   , 0.125  , 0.0625 , 0.03125]))
    """
    (inside, steps, batch), n = np.shape(x), np.shape(h0)[0]
    shapes = (np.shape(wi), np.shape(wh), np.shape(b), np.shape(h0), np.shape(c0))
    expected = ((4 * n, inside), (4 * n, n), (4 * n,), (n, batch), (n, batch))
    if shapes != expected or not steps:
        raise DimensionMismatch(
            f"lstm: with x of shape {np.shape(x)} and {n} hidden units, wi, wh, b, h0 and c0 have the shapes "
            f"{expected}, not {shapes}, and there is at least one step"
        )
    run = LSTM(x, wi, wh, b, h0, c0, by_x=isinstance(x, Tracer))
    return run[0], run[1]
