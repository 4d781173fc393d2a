"""An LSTM cell over a whole sequence, as one primitive (Hochreiter and Schmidhuber 1997).

With the gates i, f, g, o (input, forget, cell, output) of ``Wi x_t + Wh h_{t-1} + b``,

    c_t = f_t c_{t-1} + i_t g_t        h_t = o_t tanh(c_t)

where i, f and o have passed through sigmoid and g through tanh. The gates are an output, so the rule need not
compute them again. There are two implementations of the rule: one for plain arrays, which allocates nothing
in its loop, and one written with differentiable functions, for derivatives of second order. Time is the first
axis inside, so that each step is contiguous.
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


def _by_time(x: np.ndarray) -> np.ndarray:
    """(features, steps, batch) as a contiguous array (steps, features, batch)."""
    return np.ascontiguousarray(np.swapaxes(x, 0, 1))


def _lstm(
    x: np.ndarray, wi: np.ndarray, wh: np.ndarray, b: np.ndarray, h0: np.ndarray, c0: np.ndarray, by_x: bool
) -> Run:
    n, steps, batch = wh.shape[1], x.shape[1], x.shape[2]
    dtype = np.result_type(x, wi, wh, b, h0, c0)
    hidden, cell = (np.empty((steps, n, batch), dtype) for _ in range(2))
    gates = np.empty((steps, 4 * n, batch), dtype)
    recurrent, work = np.empty((4 * n, batch), dtype), np.empty((n, batch), dtype)
    x, wi, wh, h = (a.astype(dtype, copy=False) for a in (_by_time(x), wi, wh, h0))
    c, column = c0, b.reshape(-1, 1)
    with np.errstate(over="ignore"):
        for t in range(steps):
            gate = gates[t]
            np.matmul(wi, x[t], out=gate)
            np.matmul(wh, h, out=recurrent)
            gate += recurrent
            gate += column
            np.tanh(gate[2 * n : 3 * n], out=work)
            np.negative(gate, out=gate)
            np.exp(gate, out=gate)
            gate += 1
            np.reciprocal(gate, out=gate)
            gate[2 * n : 3 * n] = work
            work *= gate[:n]
            c = np.multiply(c, gate[n : 2 * n], out=cell[t])
            c += work
            np.tanh(c, out=work)
            h = np.multiply(work, gate[3 * n :], out=hidden[t])
    return Run(np.swapaxes(hidden, 0, 1), cell, gates)


def _plain_rule(
    dy: Any, y: Run, x: Any, wi: Any, wh: Any, b: Any, h0: Any, c0: Any, by_x: bool
) -> tuple[Any, ...]:
    """The cotangents of the inputs, for plain arrays."""
    dh, dc, dgates = dy
    hidden, cell, gates = np.swapaxes(y.hidden, 0, 1), y.cell, y.gates
    steps, n, batch = cell.shape
    dtype = cell.dtype
    x = _by_time(x)
    dh = None if dh is None else _by_time(dh)
    dx = np.empty(x.shape, dtype) if by_x else None
    part, slope, total = (np.empty((4 * n, batch), dtype) for _ in range(3))
    shown, work = (np.empty((n, batch), dtype) for _ in range(2))
    at_h, at_c = (np.zeros((n, batch), dtype) for _ in range(2))
    dwi, dwh = np.zeros(wi.shape, dtype), np.zeros(wh.shape, dtype)
    of_wi, of_wh = np.empty(wi.shape, dtype), np.empty(wh.shape, dtype)
    total[...] = 0
    back, back_x = np.ascontiguousarray(wh.T), np.ascontiguousarray(wi.T)
    for t in reversed(range(steps)):
        gate = gates[t]
        i, f, g, o = (gate[k * n : (k + 1) * n] for k in range(4))
        np.tanh(cell[t], out=shown)
        if dh is not None:
            at_h += dh[t]
        if dc is not None:
            at_c += dc[t]
        # h_t depends on c_t: at_c += at_h o (1 - tanh(c)²)
        np.multiply(shown, shown, out=work)
        np.subtract(1, work, out=work)
        work *= o
        work *= at_h
        at_c += work
        # derivatives of the gates: s (1 - s), and 1 - g² of the cell gate
        np.subtract(1, gate, out=slope)
        slope *= gate
        np.multiply(g, g, out=work)
        np.subtract(1, work, out=slope[2 * n : 3 * n])
        np.multiply(at_c, g, out=part[:n])
        np.multiply(at_c, c0 if t == 0 else cell[t - 1], out=part[n : 2 * n])
        np.multiply(at_c, i, out=part[2 * n : 3 * n])
        np.multiply(at_h, shown, out=part[3 * n :])
        if dgates is not None:
            part += dgates[t]
        part *= slope
        total += part
        dwi += np.matmul(part, x[t].T, out=of_wi)
        dwh += np.matmul(part, (h0 if t == 0 else hidden[t - 1]).T, out=of_wh)
        if dx is not None:
            np.matmul(back_x, part, out=dx[t])
        np.matmul(back, part, out=at_h)
        at_c *= f
    return None if dx is None else np.swapaxes(dx, 0, 1), dwi, dwh, np.sum(total, axis=1), at_h, at_c


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
        i, f, g, o = (gates[t, k * n : (k + 1) * n] for k in range(4))
        shown = np.tanh(cell[t])
        at_h = _plus(at_h, None if dh is None else dh[:, t])
        at_c = _plus(at_c, None if dc is None else dc[t])
        at_c = at_c + at_h * o * (1 - shown * shown)
        slope = np.concatenate([i * (1 - i), f * (1 - f), 1 - g * g, o * (1 - o)])
        before = c0 if t == 0 else cell[t - 1]
        part = np.concatenate([at_c * g, at_c * before, at_c * i, at_h * shown])
        part = _plus(part, None if dgates is None else dgates[t]) * slope
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
