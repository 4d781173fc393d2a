"""A whole sequence through an LSTM cell, as one primitive.

What does not depend on the step before (the input's share of the gates) is one matrix product for
all steps, outside. Here is the recurrent rest: with gates (input, forget, cell, output) of
``z_t + Wh h_{t-1}``,

    c_t = f_t c_{t-1} + i_t g_t        h_t = o_t tanh(c_t)

The gates are an output, so that the rule need not compute them again. The rule is written with
differentiable functions, and so has rules itself.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...autodiff.primitive import primitive


class Run(NamedTuple):
    """Hidden states (h, steps, batch), cell states (h, steps, batch) and gates (4h, steps, batch)."""

    hidden: Any
    cell: Any
    gates: Any


def _lstm(z: np.ndarray, wh: np.ndarray, h0: np.ndarray, c0: np.ndarray) -> Run:
    n, steps, batch = wh.shape[1], z.shape[1], z.shape[2]
    dtype = np.result_type(z, wh, h0, c0)
    hidden, cell = (np.empty((n, steps, batch), dtype) for _ in range(2))
    gates = np.empty((4 * n, steps, batch), dtype)
    # what the loop writes into; a step is too short to ask for memory
    pre, work = np.empty((4 * n, batch), dtype), np.empty((n, batch), dtype)
    wh = wh.astype(dtype, copy=False)
    h, c = h0.astype(dtype, copy=False), c0.astype(dtype)
    with np.errstate(over="ignore"):
        for t in range(steps):
            np.matmul(wh, h, out=pre)
            pre += z[:, t]
            np.tanh(pre[2 * n : 3 * n], out=work)
            np.negative(pre, out=pre)
            np.exp(pre, out=pre)
            pre += 1
            np.reciprocal(pre, out=pre)
            pre[2 * n : 3 * n] = work
            gates[:, t] = pre
            c *= pre[n : 2 * n]
            work *= pre[:n]
            c += work
            cell[:, t] = c
            np.tanh(c, out=work)
            work *= pre[3 * n :]
            hidden[:, t] = work
            h = hidden[:, t]
    return Run(hidden, cell, gates)


def _before(x: Any, first: Any) -> Any:
    """For each step what `x` was one step earlier: `first`, then all but the last."""
    return np.concatenate([np.expand_dims(first, 1), x[:, :-1]], axis=1)


def _lstm_rule(dy: Any, y: Any, z: Any, wh: Any, h0: Any, c0: Any) -> tuple[Any, ...]:
    dh, dc, dgates = dy
    hidden, cell, gates = y
    n, steps = np.shape(wh)[1], np.shape(z)[1]
    i, f, g, o = (gates[k * n : (k + 1) * n] for k in range(4))
    shown = np.tanh(cell)
    slope = np.concatenate([i * (1 - i), f * (1 - f), 1 - g * g, o * (1 - o)])
    by_state = np.concatenate([g, _before(cell, c0), i, shown]) * slope  # of the gates, by dc or dh
    to_cell = o * (1 - shown * shown)
    direct = None if dgates is None else dgates * slope
    back = np.transpose(wh)
    later_h: Any = None  # cotangents that come from the step after
    later_c: Any = None
    parts = []
    for t in reversed(range(steps)):
        at_h = _plus(later_h, None if dh is None else dh[:, t])
        at_c = _plus(later_c, None if dc is None else dc[:, t])
        if at_h is None:
            at_h = np.zeros(np.shape(h0), hidden.dtype)
        at_c = _plus(at_c, at_h * to_cell[:, t])
        part = np.concatenate([at_c, at_c, at_c, at_h]) * by_state[:, t]
        part = _plus(part, None if direct is None else direct[:, t])
        later_h = back @ part
        later_c = at_c * f[:, t]
        parts.append(part)
    if not parts:
        return None, None, None, None
    dz = np.stack(parts[::-1], axis=1)
    rows = np.reshape(_before(hidden, h0), (n, -1))
    dwh = np.reshape(dz, (4 * n, -1)) @ np.transpose(rows)
    return dz, dwh, later_h, later_c


def _plus(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else a + b


LSTM: Any = primitive(None, joint=_lstm_rule, name="lstm", compute=_lstm)


def lstm(z: Any, wh: Any, h0: Any, c0: Any) -> tuple[Any, Any]:
    """Hidden and cell states, each (h, steps, batch), of the gate inputs z (4h, steps, batch).

    `wh` (4h, h) is the recurrent weight, `h0` and `c0` (h, batch) the states before the first step.

    >>> hidden, cell = lstm(np.zeros((8, 5, 3)), np.zeros((8, 2)), np.zeros((2, 3)), np.ones((2, 3)))
    >>> hidden.shape, cell[0, :, 0]
    ((2, 5, 3), array([0.5    , 0.25   , 0.125  , 0.0625 , 0.03125]))
    """
    run = LSTM(z, wh, h0, c0)
    return run[0], run[1]
