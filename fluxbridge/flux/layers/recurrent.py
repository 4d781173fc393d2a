"""Recurrent cells, which take one step, and the layers that run them over a sequence.

A step has the shape (features,) or (features, batch), a sequence (features, length) or (features, length,
batch). A state has the shape (out,) or (out, batch).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.template import Record
from ...errors import ArgumentError, DimensionMismatch
from ..absent import OldField
from ..declare import layer
from ..initialisers import create_bias, glorot_uniform
from ..nnlib.activations import sigmoid, tanh_fast
from ..nnlib.lstm import lstm
from ..show import function_name
from .basic import activation, is_pair, paired
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
    """The state before the first step, of a cell or a recurrent layer: zeros of shape (out,).

    For LSTM a pair of them. The dtype is that of the weights. Raises ArgumentError for what has no state.

    >>> initialstates(RNNCell((3, 2)))
    array([0., 0.], dtype=float32)
    """
    if not hasattr(cell, "initialstates"):
        raise ArgumentError(f"{cell!r} has no method initialstates, so the first state must be given")
    return cell.initialstates()


def scan(cell: Any, x: Any, state: Any) -> tuple[Any, Any]:
    """The outputs (out, length, …) of `cell` for a sequence x (features, length, …), and the last state.

    Raises what the cell raises; there is at least one step.

    >>> y, h = scan(RNNCell((3, 2)), np.ones((3, 5), np.float32), np.zeros(2, np.float32))
    >>> y.shape, h.shape
    ((2, 5), (2,))
    """
    outputs = []
    for t in range(x.shape[1]):
        y, state = cell(x[:, t], state)
        outputs.append(y)
    return np.stack(outputs, axis=1), state


class _Cell:
    """Base of the cells: weights of input and state, and a bias, each with the rows of all gates.

    A cell is made of sizes, ``Cell((in, out))`` or ``Cell(in, out)``, or of its arrays in the order
    of the fields.
    """

    Wi: Any
    Wh: Any
    bias: Any
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
        size, arrays = paired(size, arrays)
        if is_pair(size) and not arrays:
            inside, out = size
            self.Wi = init_kernel(out * self.GATES, inside)
            self.Wh = init_recurrent_kernel(out * self.GATES, out)
        else:
            self.Wi, self.Wh, bias = self._given(size, *arrays)
            out = self.Wh.shape[1]
        setattr(self, self.BIAS, create_bias(self.Wi, bias, out * self.GATES))

    def _given(self, Wi: Any, Wh: Any = None, bias: Any = True) -> tuple[Any, Any, Any]:
        """The given weights as arrays, and the bias. Raises DimensionMismatch if the shapes do not agree."""
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
        """Zeros of shape (out,), in the dtype of the weights."""
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
        """Casts integers to the weights' dtype."""
        whole = getattr(getattr(x, "dtype", None), "kind", "O") in "biu"
        return x.astype(self.Wi.dtype) if whole else x

    def _state(self, h: Any, batch: tuple[int, ...]) -> Any:
        """The state as an array. Raises DimensionMismatch if it does not fit cell and batch."""
        h = numbers(self, h)
        if len(h.shape) > 2 or len({*h.shape[1:], *batch} - {1}) > 1:
            raise DimensionMismatch(
                f"layer {self!r} expects a state of shape (features,) or (features, batch), but got one of "
                f"shape {h.shape} for an input with the batch {batch}"
            )
        if not h.shape or h.shape[0] != self.Wh.shape[1]:
            raise DimensionMismatch(
                f"layer {self!r} expects a state of size {self.Wh.shape[1]} along axis 0, but got one of "
                f"shape {h.shape}"
            )
        return h

    def _gates(self, y: Any, ndim: int) -> list[Any]:
        """y split into the rows of each gate, with `ndim` axes."""
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
    """One step of a recurrent layer, h' = σ(Wi x + Wh h + b).

    ``RNNCell((in, out), σ=np.tanh, *, bias=True, init_kernel=glorot_uniform,
    init_recurrent_kernel=glorot_uniform)``, or ``RNNCell(σ, Wi, Wh, b)``. ``cell(x, h)`` takes x (in,) or
    (in, batch) and h (out,) or (out, batch), zeros by default, and returns the pair (output, state), here
    (h', h'). Fields: `σ`, `Wi` (out, in), `Wh` (out, out), `bias` (out,) or False.

    Raises DimensionMismatch if x, h or the given arrays have other sizes, ArgumentError for what holds no
    numbers and an activation that is no function.

    >>> cell = RNNCell((3, 5))
    >>> y, h = cell(np.ones((3, 2), np.float32))
    >>> y.shape
    (5, 2)
    """

    b = OldField("bias")

    def __init__(self, size: Any, *rest: Any, **options: Any):
        size, rest = paired(size, rest)
        if is_pair(size):
            self.σ = activation("RNNCell", rest or (np.tanh,))
            rest = ()
        else:
            self.σ = activation("RNNCell", (size,))
            size, *rest = rest or (None,)  # type: ignore[assignment]
        super().__init__(size, *rest, **options)

    def __call__(self, x: Any, h: Any = None) -> tuple[Any, Any]:
        x = self._input(x)
        h = self._state(self.initialstates() if h is None else h, x.shape[1:])
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
    """One step of long short-term memory: ``LSTMCell((in, out), *, bias, …)``.

    From Hochreiter and Schmidhuber 1997. With the gates i, f, g, o of Wi x + Wh h + b, `out` rows each, c' =
    σ(f) c + σ(i) tanh(g) and h' = σ(o) tanh(c'). ``cell(x, (h, c))`` returns (h', (h', c')); shapes and
    options as for :class:`RNNCell`. Fields: `Wi` (4·out, in), `Wh` (4·out, out), `bias` (4·out,) or False.
    Raises DimensionMismatch if x, h, c or the given arrays have other sizes, ArgumentError for a state that
    is no pair.

    >>> cell = LSTMCell((3, 5))
    >>> y, (h, c) = cell(np.ones((3, 2), np.float32))
    >>> y.shape, c.shape
    ((5, 2), (5, 2))
    """

    GATES = 4
    b = OldField("bias")

    def initialstates(self) -> Any:
        """Zeros for h and c."""
        return super().initialstates(), super().initialstates()

    def __call__(self, x: Any, state: Any = None) -> tuple[Any, Any]:
        x = self._input(x)
        h, c = (
            self._state(s, x.shape[1:]) for s in self._pair(self.initialstates() if state is None else state)
        )
        ndim = max(_ndim(x, h), np.ndim(c))
        z = lead(self.Wi @ x, ndim) + lead(self.Wh @ h, ndim)
        if self.bias is not False:
            z = z + lead(self.bias, ndim)
        i, f, g, o = self._gates(z, ndim)
        c = sigmoid(f) * lead(c, ndim) + sigmoid(i) * tanh_fast(g)
        h = sigmoid(o) * tanh_fast(c)
        return h, (h, c)

    def _pair(self, state: Any) -> Any:
        if not isinstance(state, (tuple, list)) or len(state) != 2:
            raise ArgumentError(f"layer {self!r} takes the pair (h, c) as its state, not {state!r}")
        return state

    def sequence(self, x: Any, state: Any) -> tuple[Any, Any]:
        """All steps of x (features, length, …): the same as ``scan``, as one primitive and faster."""
        x = numbers(self, x)
        size_check(self, x, 0, self.Wi.shape[1])
        inside, steps, *batch = x.shape
        x, (h, c) = self._floating(x), (self._state(s, tuple(batch)) for s in self._pair(state))
        widths = [1, *batch, *(s.shape[1] for s in (h, c) if len(s.shape) > 1)]
        columns = 0 if 0 in widths else max(widths)
        if set(widths) - {1, columns}:
            raise DimensionMismatch(
                f"layer {self!r} expects states for the batch of the input, but got shapes {h.shape} and "
                f"{c.shape} for an input of shape {x.shape}"
            )
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
    """One step of a gated recurrent unit: ``GRUCell((in, out), *, bias, …)``.

    From the first version of Cho et al. 2014. With the gates r, z, h̃ of Wi x, Wh h and b, `out` rows each: r
    = σ(·), z = σ(·), h̃ = tanh(Wi x + r (Wh h) + b), h' = (1 - z) h̃ + z h. ``cell(x, h)`` returns (h', h');
    shapes and options as for :class:`RNNCell`. Fields: `Wi` (3·out, in), `Wh` (3·out, out), `b` (3·out,) or
    False. Raises DimensionMismatch if x, h or the given arrays have other sizes, ArgumentError for what holds
    no numbers.

    >>> y, h = GRUCell((3, 5))(np.ones((3, 2), np.float32))
    >>> y.shape
    (5, 2)
    """

    GATES = 3
    BIAS = "b"

    def __call__(self, x: Any, h: Any = None) -> tuple[Any, Any]:
        x = self._input(x)
        h = self._state(self.initialstates() if h is None else h, x.shape[1:])
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
    """One step of a gated recurrent unit in its third version: the reset gate is applied to h, not to Wh h.

    As :class:`GRUCell`, but h̃ = tanh(Wi x + Wh_h̃ (r h) + b) with a weight of its own; fields: `Wi`, `Wh`,
    `b` and `Wh_h̃` (out, out). Raises DimensionMismatch if x, h or the given arrays have other sizes,
    ArgumentError for what holds no numbers.

    >>> y, h = GRUv3Cell((3, 5))(np.ones((3, 2), np.float32))
    >>> y.shape
    (5, 2)
    """

    GATES = 3
    BIAS = "b"

    def __init__(self, size: Any, *arrays: Any, init_recurrent_kernel: Any = glorot_uniform, **options: Any):
        size, arrays = paired(size, arrays)
        super().__init__(size, *arrays[:2], init_recurrent_kernel=init_recurrent_kernel, **options)
        out = self.Wh.shape[1]
        self.Wh_h̃ = as_array(arrays[2]) if len(arrays) > 2 else init_recurrent_kernel(out, out)
        if self.Wh_h̃.shape != (out, out):
            raise DimensionMismatch(f"GRUv3Cell: Wh_h̃ has the shape {(out, out)} here, not {self.Wh_h̃.shape}")

    def __call__(self, x: Any, h: Any = None) -> tuple[Any, Any]:
        x = self._input(x)
        h = self._state(self.initialstates() if h is None else h, x.shape[1:])
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
    """A layer that runs any cell over a sequence: ``Recurrence(cell, *, return_state=False)``.

    ``layer(x, state)`` takes x (in, length) or (in, length, batch) and returns the outputs (out, length) or
    (out, length, batch), with return_state also the last state. The cell is called as ``cell(x_t, state)``
    and returns (output, state); the first state is ``initialstates(cell)`` unless it is given. Fields:
    `cell`, `return_state`.

    Raises DimensionMismatch for an x without steps, ArgumentError for what holds no numbers, and what the
    cell raises.

    >>> Recurrence(GRUCell((3, 5)))(np.ones((3, 7, 2), np.float32)).shape
    (5, 7, 2)
    """

    def __init__(self, cell: Any, *, return_state: bool = False):
        self.cell = cell
        self.return_state = return_state

    def initialstates(self) -> Any:
        """The initial state of the cell."""
        return initialstates(self.cell)

    def __call__(self, x: Any, state: Any = None) -> Any:
        x = as_array(x)
        self._check(x)
        y, state = self._run(x, initialstates(self.cell) if state is None else state)
        return (y, state) if self.return_state else y

    def _check(self, x: Any) -> None:
        """Raise DimensionMismatch unless x is a sequence with at least one step."""
        if len(x.shape) < 2:
            raise DimensionMismatch(
                f"layer {self!r} expects a sequence of shape (features, length, …), but got one of shape "
                f"{x.shape}"
            )
        if not x.shape[1]:
            raise DimensionMismatch(f"layer {self!r} expects at least one step, but got shape {x.shape}")

    def _run(self, x: Any, state: Any) -> tuple[Any, Any]:
        return scan(self.cell, x, state)

    def __functor__(self) -> Any:
        # Flux too loses return_state where a Recurrence is rebuilt (fmap, f64)
        return Record(cell=self.cell), lambda parts: Recurrence(parts["cell"])

    def __repr__(self) -> str:
        return f"Recurrence({self.cell!r})"


class _Sequence(Recurrence):
    """Base of RNN, LSTM, GRU and GRUv3, which make their cells."""

    CELL: type

    def __init__(self, size: Any, *rest: Any, return_state: bool = False, **options: Any):
        name = type(self).__name__
        if isinstance(size, (int, np.integer)):
            out = rest[0] if rest else "out"
            raise ArgumentError(
                f"{name} takes its sizes as a pair, Julia's {size} => {out}: write {name}(({size}, {out}))"
            )
        own = isinstance(size, self.CELL)
        super().__init__(size if own else self.CELL(size, *rest, **options), return_state=return_state)

    def _check(self, x: Any) -> None:
        if len(x.shape) not in (2, 3):
            raise DimensionMismatch(
                f"layer {self!r} expects a sequence of shape (features, length) or (features, length, "
                f"batch), but got one of shape {x.shape}"
            )
        super()._check(x)

    def __functor__(self) -> Any:
        kind, return_state = type(self), self.return_state
        return Record(cell=self.cell), lambda parts: kind(parts["cell"], return_state=return_state)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.cell._sizes()})"


@layer(show="noexpand")
class RNN(_Sequence):
    """A recurrent layer: ``RNN((in, out), σ=np.tanh, *, return_state=False, bias, …)``, or ``RNN(cell)``.

    ``layer(x, h)`` runs :class:`RNNCell` over x (in, length) or (in, length, batch) and returns the outputs
    (out, length) or (out, length, batch), with return_state also the last state. Fields: `cell`,
    `return_state`. Raises DimensionMismatch if x or h have another shape, ArgumentError for what holds no
    numbers.

    >>> layer = RNN((4, 6))
    >>> layer
    RNN(4 => 6, tanh)
    >>> layer(np.ones((4, 10, 3), np.float32)).shape
    (6, 10, 3)
    """

    CELL = RNNCell


@layer(show="noexpand")
class LSTM(_Sequence):
    """A layer of long short-term memory: ``LSTM((in, out), *, return_state=False, …)``, or ``LSTM(cell)``.

    ``layer(x, (h, c))`` runs :class:`LSTMCell` over x (in, length) or (in, length, batch) and returns the
    outputs (out, length) or (out, length, batch), with return_state also the last state (h, c). Fields:
    `cell`, `return_state`. Raises DimensionMismatch if x, h or c have another shape, ArgumentError for a
    state that is no pair.

    >>> LSTM((2, 3))(np.ones((2, 4, 1), np.float32)).shape
    (3, 4, 1)
    """

    CELL = LSTMCell

    def _run(self, x: Any, state: Any) -> tuple[Any, Any]:
        return self.cell.sequence(x, state)


@layer(show="noexpand")
class GRU(_Sequence):
    """A layer of gated recurrent units: ``GRU((in, out), *, return_state=False, …)``, or ``GRU(cell)``.

    ``layer(x, h)`` runs :class:`GRUCell`; shapes and fields as for :class:`RNN`. Raises DimensionMismatch if
    x or h have another shape, ArgumentError for what holds no numbers.

    >>> GRU((2, 3))
    GRU(2 => 3)
    """

    CELL = GRUCell


@layer(show="noexpand")
class GRUv3(_Sequence):
    """A layer of gated recurrent units in their third version: :class:`GRU` with :class:`GRUv3Cell`.

    Shapes and fields as for :class:`RNN`. Raises DimensionMismatch if x or h have another shape,
    ArgumentError for what holds no numbers.

    >>> GRUv3((2, 3))
    GRUv3(2 => 3)
    """

    CELL = GRUv3Cell
