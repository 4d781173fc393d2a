"""Recurrent cells, which take one step, and the layers that run them over a sequence.

A step has the shape (features,) or (features, batch), a sequence (features, length) or (features,
length, batch). A state is a vector, or a matrix with one column for each of the batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.template import Record
from ...errors import ArgumentError, DimensionMismatch
from ..declare import layer
from ..initialisers import create_bias, glorot_uniform
from ..nnlib.activations import sigmoid, tanh_fast
from ..nnlib.lstm import lstm
from ..show import function_name
from .basic import is_pair
from .shapes import as_array, lead, numbers, size_check

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "GRUCell",
    "GRUv3",
    "GRUv3Cell",
    "LSTMCell",
    "RNNCell",
    "Recurrence",
    "initialstates",
]


def initialstates(cell: Any) -> Any:
    """The state before the first step, of a cell or of a recurrent layer: zeros.

    >>> initialstates(RNNCell((3, 2)))
    array([0., 0.], dtype=float32)
    """
    return cell.initialstates()


def scan(cell: Any, x: Any, state: Any) -> tuple[Any, Any]:
    """The outputs of `cell` for each step of the sequence x, joined along axis 1, and the last state."""
    outputs = []
    for t in range(x.shape[1]):
        y, state = cell(x[:, t], state)
        outputs.append(y)
    return np.stack(outputs, axis=1), state


class _Cell:
    """What the cells have in common: the input's and the state's weight, and a bias of several gates.

    They are made of sizes, ``Cell((in, out))``, or of the arrays in the order of their fields.
    """

    Wi: Any
    Wh: Any
    GATES = 1
    BIAS = "bias"  #: the name of the field

    def __init__(
        self,
        size: Any,
        *arrays: Any,
        init_kernel: Any = glorot_uniform,
        init_recurrent_kernel: Any = glorot_uniform,
        bias: Any = True,
    ):
        if is_pair(size) and not arrays:
            inside, out = size
            self.Wi = init_kernel(out * self.GATES, inside)
            self.Wh = init_recurrent_kernel(out * self.GATES, out)
        else:
            self.Wi, self.Wh, bias = self._given(size, *arrays)
            out = self.Wh.shape[1]
        setattr(self, self.BIAS, create_bias(self.Wi, bias, out * self.GATES))

    def _given(self, Wi: Any, Wh: Any = None, bias: Any = True) -> tuple[Any, Any, Any]:
        """The weights and the bias that the layer is made of. Raises DimensionMismatch for other shapes."""
        if Wh is None:
            raise ArgumentError(f"{type(self).__name__} takes sizes (in, out), or the arrays Wi, Wh, bias")
        Wi, Wh = as_array(Wi), as_array(Wh)
        rows = self.GATES * (Wh.shape[1] if Wh.ndim == 2 else 0)
        if Wi.ndim != 2 or Wh.ndim != 2 or (Wi.shape[0], Wh.shape[0]) != (rows, rows):
            raise DimensionMismatch(
                f"{type(self).__name__}: with Wh of shape {Wh.shape}, Wi has {rows} rows, and so has Wh; "
                f"Wi has the shape {Wi.shape}"
            )
        return Wi, Wh, bias

    def initialstates(self) -> Any:
        return np.zeros(self.Wh.shape[1], self.Wh.dtype)

    def _input(self, x: Any) -> Any:
        x = numbers(self, x)
        size_check(self, x, 0, self.Wi.shape[1])
        if len(x.shape) > 2:
            raise DimensionMismatch(
                f"layer {self!r} takes one step, of shape (features,) or (features, batch), but got one of "
                f"shape {x.shape}; the layer without Cell in its name takes sequences"
            )
        return self._floating(x)

    def _floating(self, x: Any) -> Any:
        """Whole numbers in the number type of the weights."""
        whole = getattr(getattr(x, "dtype", None), "kind", "O") in "biu"
        return x.astype(self.Wi.dtype) if whole else x

    def _state(self, h: Any) -> Any:
        """A state that fits."""
        h = as_array(h)
        if not h.shape or h.shape[0] != self.Wh.shape[1]:
            raise DimensionMismatch(
                f"layer {self!r} expects a state of size {self.Wh.shape[1]} along axis 0, but got one of "
                f"shape {h.shape}"
            )
        return h

    def _gates(self, y: Any, ndim: int) -> list[Any]:
        """An array of several gates, one below the other, as one array a gate."""
        n = self.Wh.shape[1]
        return [lead(y[k * n : (k + 1) * n], ndim) for k in range(self.GATES)]

    def _biases(self, ndim: int) -> list[Any]:
        bias = getattr(self, self.BIAS)
        return [0.0] * self.GATES if bias is False else self._gates(bias, ndim)

    def _sizes(self) -> str:
        return f"{self.Wi.shape[1]} => {self.Wh.shape[1]}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sizes()})"


def _ndim(x: Any, state: Any) -> int:
    return max(len(x.shape), np.ndim(state))


def _repeated(x: Any, shape: tuple[int, ...]) -> Any:
    return x if x.shape == shape else np.broadcast_to(x, shape)


@layer
class RNNCell(_Cell):
    """h' = σ(Wi x + Wh h + b): ``RNNCell((in, out), σ=np.tanh, *, bias=True, …)``.

    `init_kernel` and `init_recurrent_kernel` draw the weights, glorot_uniform by default.

    ``cell(x, h)`` gives the pair (output, state), here (h', h'); h defaults to zeros. Raises
    DimensionMismatch if x has another number of features.

    >>> cell = RNNCell((3, 5))
    >>> y, h = cell(np.ones((3, 2), np.float32))
    >>> y.shape
    (5, 2)
    """

    def __init__(self, size: Any, *rest: Any, **options: Any):
        if is_pair(size):
            (self.σ,) = rest or (np.tanh,)
            rest = ()
        else:
            self.σ = size
            size, *rest = rest or (None,)  # type: ignore[assignment]
        super().__init__(size, *rest, **options)

    def __call__(self, x: Any, h: Any = None) -> tuple[Any, Any]:
        x = self._input(x)
        h = self._state(self.initialstates() if h is None else h)
        ndim = _ndim(x, h)
        z = lead(self.Wi @ x, ndim) + lead(self.Wh @ h, ndim)
        if self.bias is not False:
            z = z + lead(self.bias, ndim)
        h = self.σ(z)
        return h, h

    def _sizes(self) -> str:
        return f"{super()._sizes()}, {function_name(self.σ)}"


@layer
class LSTMCell(_Cell):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997): ``LSTMCell((in, out), *, bias, …)``.

    With the gates i, f, g, o of Wi x + Wh h + b, each `out` rows,
    c' = σ(f) c + σ(i) tanh(g) and h' = σ(o) tanh(c'). ``cell(x, (h, c))`` gives (h', (h', c')).
    Raises DimensionMismatch if x has another number of features.

    >>> cell = LSTMCell((3, 5))
    >>> y, (h, c) = cell(np.ones((3, 2), np.float32))
    >>> y.shape, c.shape
    ((5, 2), (5, 2))
    """

    GATES = 4

    def initialstates(self) -> Any:
        return super().initialstates(), super().initialstates()

    def __call__(self, x: Any, state: Any = None) -> tuple[Any, Any]:
        x = self._input(x)
        h, c = map(self._state, self.initialstates() if state is None else state)
        ndim = max(_ndim(x, h), np.ndim(c))
        z = lead(self.Wi @ x, ndim) + lead(self.Wh @ h, ndim)
        if self.bias is not False:
            z = z + lead(self.bias, ndim)
        i, f, g, o = self._gates(z, ndim)
        c = sigmoid(f) * lead(c, ndim) + sigmoid(i) * tanh_fast(g)
        h = sigmoid(o) * tanh_fast(c)
        return h, (h, c)

    def sequence(self, x: Any, state: Any) -> tuple[Any, Any]:
        """All steps at once: the same as :func:`scan`, several times faster."""
        size_check(self, x, 0, self.Wi.shape[1])
        inside, steps, *batch = x.shape
        x, (h, c) = self._floating(x), map(self._state, state)
        widths = [1, *batch, *(s.shape[1] for s in (h, c) if len(s.shape) > 1)]
        columns = 0 if 0 in widths else max(widths)
        n = self.Wh.shape[1]
        x = _repeated(np.reshape(x, (inside, steps, *(batch or [1]))), (inside, steps, columns))
        h, c = (_repeated(lead(s, 2), (n, columns)) for s in (h, c))
        bias = np.zeros(4 * n, self.Wi.dtype) if self.bias is False else self.bias
        hidden, cell = lstm(x, self.Wi, self.Wh, bias, h, c)
        if not batch and columns == 1 and all(np.ndim(s) == 1 for s in state):
            hidden, cell = hidden[:, :, 0], cell[:, :, 0]
        return hidden, (hidden[:, -1], cell[-1])


@layer
class GRUCell(_Cell):
    """Gated recurrent unit (Cho et al., 2014, first version): ``GRUCell((in, out), *, bias, …)``.

    With the gates r, z, h̃ of Wi x, Wh h and b, each `out` rows: r = σ(·), z = σ(·),
    h̃ = tanh(Wi x + r (Wh h) + b), h' = (1 - z) h̃ + z h. ``cell(x, h)`` gives (h', h').
    Raises DimensionMismatch if x has another number of features.

    >>> y, h = GRUCell((3, 5))(np.ones((3, 2), np.float32))
    >>> y.shape
    (5, 2)
    """

    GATES = 3
    BIAS = "b"

    def __call__(self, x: Any, h: Any = None) -> tuple[Any, Any]:
        x = self._input(x)
        h = self._state(self.initialstates() if h is None else h)
        ndim = _ndim(x, h)
        xr, xz, xh = self._gates(self.Wi @ x, ndim)
        hr, hz, hh = self._gates(self.Wh @ h, ndim)
        br, bz, bh = self._biases(ndim)
        r = sigmoid(xr + hr + br)
        z = sigmoid(xz + hz + bz)
        new = tanh_fast(xh + r * hh + bh)
        h = (1 - z) * new + z * lead(h, ndim)
        return h, h


@layer
class GRUv3Cell(_Cell):
    """Gated recurrent unit, one step, in the third version: the reset gate is applied before the weight.

    As :class:`GRUCell`, but h̃ = tanh(Wi x + Wh_h̃ (r h) + b) with a weight of its own.

    >>> y, h = GRUv3Cell((3, 5))(np.ones((3, 2), np.float32))
    >>> y.shape
    (5, 2)
    """

    GATES = 3
    BIAS = "b"

    def __init__(self, size: Any, *arrays: Any, init_recurrent_kernel: Any = glorot_uniform, **options: Any):
        super().__init__(size, *arrays[:2], init_recurrent_kernel=init_recurrent_kernel, **options)
        out = self.Wh.shape[1]
        self.Wh_h̃ = as_array(arrays[2]) if len(arrays) > 2 else init_recurrent_kernel(out, out)
        if self.Wh_h̃.shape != (out, out):
            raise DimensionMismatch(f"GRUv3Cell: Wh_h̃ has the shape {(out, out)} here, not {self.Wh_h̃.shape}")

    def __call__(self, x: Any, h: Any = None) -> tuple[Any, Any]:
        x = self._input(x)
        h = self._state(self.initialstates() if h is None else h)
        ndim = _ndim(x, h)
        xr, xz, xh = self._gates(self.Wi @ x, ndim)
        hr, hz, _ = self._gates(self.Wh @ h, ndim)
        br, bz, bh = self._biases(ndim)
        r = sigmoid(xr + hr + br)
        z = sigmoid(xz + hz + bz)
        h = lead(h, ndim)
        new = tanh_fast(xh + self.Wh_h̃ @ (r * h) + bh)
        h = (1 - z) * new + z * h
        return h, h


# -- over sequences --------------------------------------------------------------------------------


@layer
class Recurrence:
    """Run any cell over a sequence: ``Recurrence(cell, *, return_state=False)``.

    ``layer(x, state)`` gives the outputs joined along axis 1, with return_state also the last state.
    The cell is called as ``cell(x_t, state)`` and returns (output, state); the first state is
    ``initialstates(cell)`` unless it is given.

    >>> Recurrence(GRUCell((3, 5)))(np.ones((3, 7, 2), np.float32)).shape
    (5, 7, 2)
    """

    def __init__(self, cell: Any, *, return_state: bool = False):
        self.cell = cell
        self.return_state = return_state

    def initialstates(self) -> Any:
        return initialstates(self.cell)

    def __call__(self, x: Any, state: Any = None) -> Any:
        x = as_array(x)
        y, state = self._run(x, initialstates(self.cell) if state is None else state)
        return (y, state) if self.return_state else y

    def _run(self, x: Any, state: Any) -> tuple[Any, Any]:
        return scan(self.cell, x, state)

    def __functor__(self) -> Any:
        # return_state is no part, as in Flux, which also loses it where this layer is rebuilt
        return Record(cell=self.cell), lambda parts: Recurrence(parts["cell"])

    def __repr__(self) -> str:
        return f"Recurrence({self.cell!r})"


class _Sequence(Recurrence):
    """A layer that makes its own cell."""

    CELL: type

    def __init__(self, size: Any, *rest: Any, return_state: bool = False, **options: Any):
        own = isinstance(size, self.CELL)
        super().__init__(size if own else self.CELL(size, *rest, **options), return_state=return_state)

    def _run(self, x: Any, state: Any) -> tuple[Any, Any]:
        if len(x.shape) not in (2, 3):
            raise DimensionMismatch(
                f"layer {self!r} expects a sequence of shape (features, length) or (features, length, "
                f"batch), but got one of shape {x.shape}"
            )
        if not x.shape[1]:
            raise DimensionMismatch(f"layer {self!r} expects at least one step, but got shape {x.shape}")
        return super()._run(x, state)

    def __functor__(self) -> Any:
        kind, return_state = type(self), self.return_state
        return Record(cell=self.cell), lambda parts: kind(parts["cell"], return_state=return_state)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.cell._sizes()})"


@layer(show="noexpand")
class RNN(_Sequence):
    """A recurrent layer: ``RNN((in, out), σ=np.tanh, *, return_state=False, bias, …)``, or ``RNN(cell)``.

    ``layer(x, h)`` runs :class:`RNNCell` over x of shape (in, length) or (in, length, batch). Raises
    DimensionMismatch for an x of another shape.

    >>> layer = RNN((4, 6))
    >>> layer
    RNN(4 => 6, tanh)
    >>> layer(np.ones((4, 10, 3), np.float32)).shape
    (6, 10, 3)
    """

    CELL = RNNCell


@layer(show="noexpand")
class LSTM(_Sequence):
    """Long short-term memory: ``LSTM((in, out), *, return_state=False, bias, …)``, or ``LSTM(cell)``.

    ``layer(x, (h, c))`` runs :class:`LSTMCell` over x of shape (in, length) or (in, length, batch).
    Raises DimensionMismatch for an x of another shape.

    >>> LSTM((2, 3))(np.ones((2, 4, 1), np.float32)).shape
    (3, 4, 1)
    """

    CELL = LSTMCell

    def _run(self, x: Any, state: Any) -> tuple[Any, Any]:
        if len(x.shape) in (2, 3) and x.shape[1] > 0:
            return self.cell.sequence(x, state)
        return super()._run(x, state)


@layer(show="noexpand")
class GRU(_Sequence):
    """A layer of gated recurrent units: ``GRU((in, out), *, return_state=False, bias, …)``, or ``GRU(cell)``.

    ``layer(x, h)`` runs :class:`GRUCell` over x of shape (in, length) or (in, length, batch).
    Raises DimensionMismatch for an x of another shape.

    >>> GRU((2, 3))
    GRU(2 => 3)
    """

    CELL = GRUCell


@layer(show="noexpand")
class GRUv3(_Sequence):
    """As :class:`GRU`, of :class:`GRUv3Cell`.

    >>> GRUv3((2, 3))
    GRUv3(2 => 3)
    """

    CELL = GRUv3Cell
