"""Training: one pass over data, one step, and the old style with implicit parameters.

>>> import numpy as np
>>> from fluxbridge.flux.optimisers import Descent, setup
>>> model = {"w": np.array([1.0])}
>>> state = setup(Descent(0.1), model)
>>> train_(lambda m, x, y: np.sum((m["w"] * x - y) ** 2), model, [(1.0, 3.0)] * 20, state)
>>> model["w"].round(2)
array([2.98])
"""

from __future__ import annotations

import inspect
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..adtypes import ADType, AutoNative
from ..api import withgradient
from ..autodiff.implicit import Params
from ..autodiff.primitive import Tracer, asked, plain
from ..errors import ArgumentError, DomainError
from ..progress import Progress
from .onehotarrays import OneHotArray
from .optimisers import AbstractRule, setup, trainables, update_
from .optimisers.step import check_state
from .optimisers.text import julia
from .optimisers.tree import forgo, leaves, match
from .threads import one_thread

__all__ = ["train_", "trainstep_", "trainstep_withgradient_"]

Loss = Callable[..., Any]


def _arguments(args: tuple[Any, ...], name: str, rest: str, compile: bool = False) -> tuple[Any, ...]:
    """(AD type or nothing as a tuple, three arguments) of ``([adtype,] model, …, …)``."""
    engine = args[:1] if args and isinstance(args[0], ADType) else ()
    if compile and engine:
        raise ArgumentError(f"{name} takes an AD type or compile=True, not both")
    if len(args) - len(engine) != 3:
        raise TypeError(
            f"{name}(loss, [adtype,] {rest}) got {len(args) - len(engine)} arguments after the loss"
        )
    return (AutoNative(compile=True),) if compile else engine, *args[len(engine) :]


def _spread(batch: Any) -> tuple[Any, ...]:
    """A tuple holds several arguments of the loss; anything else, a named tuple included, is one."""
    return batch if isinstance(batch, tuple) and not hasattr(batch, "_fields") else (batch,)


def _number(value: Any) -> Any:
    """The loss itself, the first of what was returned."""
    if isinstance(value, tuple):
        return value[0]
    return next(iter(value.values())) if isinstance(value, dict) else value


def _is_finite(value: Any) -> bool:
    """Is the loss finite? What is no number is refused later, by the engine."""
    number = _number(value)
    finite = _finite(plain(number))
    return asked(_finite, (number,), {}, finite) if isinstance(number, Tracer) else finite


def _finite(number: Any) -> bool:
    return not isinstance(number, (int, float, complex, np.generic)) or bool(np.isfinite(number))


class _NotFinite(Exception):
    """Ends the run of a loss that is not finite, before running statistics are updated."""

    def __init__(self, value: Any):
        self.value = value


def trainstep_withgradient_(loss: Loss, *args: Any, compile: bool = False) -> tuple[Any, Any]:
    """:func:`trainstep_` that returns (loss, gradient by the model), the gradient None for a loss not finite.

    Raises as :func:`trainstep_`.

    >>> from fluxbridge.flux.optimisers import Descent, setup
    >>> model = {"w": np.array([1.0])}
    >>> trainstep_withgradient_(lambda m, x: np.sum(m["w"] * x), model, 3.0, setup(Descent(0.1), model))
    (3.0, {'w': array([3.])})
    """
    rest = "model, batch, opt_state"
    engine, model, batch, state = _arguments(args, "trainstep_withgradient_", rest, compile)
    return _checked_step(loss, engine, model, batch, state, returns=True)


def _checked_step(
    loss: Loss, engine: tuple[Any, ...], model: Any, batch: Any, state: Any, returns: bool
) -> tuple[Any, Any]:
    if not isinstance(state, AbstractRule):
        check_state(state, "trainstep_")
        if not _compiles(engine):  # a compiled step checks by itself
            match(state, model, None)  # before anything is run
    with one_thread(model):
        return _step(loss, engine, model, batch, state, returns)


def _compiles(engine: tuple[Any, ...]) -> bool:
    return bool(engine) and isinstance(engine[0], AutoNative) and engine[0].compiles


def _step(
    loss: Loss, engine: tuple[Any, ...], model: Any, batch: Any, state: Any, returns: bool = False
) -> tuple[Any, Any]:
    """(loss, gradient) after one step; a compiled one gives its gradient only if it `returns`."""
    inputs = _spread(batch)

    def finite(m: Any) -> Any:
        value = loss(m, *inputs)
        if not _is_finite(value):
            raise _NotFinite(plain(value))
        return value

    native = not engine or isinstance(engine[0], AutoNative)
    f = finite if native else lambda m: loss(m, *inputs)
    try:
        if _compiles(engine) and not isinstance(state, AbstractRule):
            from .training_compiled import compiled_step

            finite.__qualname__ = getattr(loss, "__qualname__", type(loss).__qualname__)
            return compiled_step(loss, f, model, state, returns, lambda: _taken(f, (), model, state))
        return _taken(f, engine, model, state)
    except _NotFinite as found:
        _forgo(state, model)
        return found.value, None
    except TypeError as error:
        raise _misunderstood(loss, model, inputs, error) from error


def _taken(f: Loss, engine: tuple[Any, ...], model: Any, state: Any) -> tuple[Any, Any]:
    value, (grad,) = withgradient(f, *engine, model)
    if not _is_finite(value):
        _forgo(state, model)
        return value, None
    update_(state, model, grad)
    return value, grad


def _forgo(state: Any, model: Any) -> None:
    if not isinstance(state, AbstractRule):
        forgo(state, model)


def _misunderstood(loss: Loss, model: Any, inputs: tuple[Any, ...], error: TypeError) -> TypeError:
    """`error`, or one that says how the loss is called, if its signature does not fit."""
    try:
        inspect.signature(loss).bind(model, *inputs)
    except ValueError:  # it has no signature
        return error
    except TypeError:
        count = len(inputs)
        return TypeError(
            f"the loss is called as loss(model, *item), here with the model and {count} "
            f"argument{'s' if count != 1 else ''}, which does not fit: {error}. Each item of the data is one "
            "batch; for a single batch of two arrays write [(x, y)]"
        )
    return error


def trainstep_(loss: Loss, *args: Any, compile: bool = False) -> Any:
    """``trainstep_(loss, [adtype,] model, batch, opt_state)``: one step in place; returns the loss.

    The members of a tuple are arguments of the loss, ``loss(model, *batch)``; anything else is one argument.
    The loss returns a real number, or a tuple or dict that begins with it; all of it is returned. A loss that
    is not finite updates nothing, neither parameters nor running statistics. With ``compile=True`` the step
    is compiled: the results are the same, and what cannot be compiled runs as always, and says so once.

    Raises StructureError, before anything is run, if the state belongs to another model; ArgumentError if
    `opt_state` is no state; TypeError for another number of arguments, or a loss that does not take them; and
    what the loss, :func:`~fluxbridge.gradient` and :func:`~fluxbridge.flux.update_` raise.

    >>> from fluxbridge.flux.optimisers import Descent, setup
    >>> model = {"w": np.array([1.0])}
    >>> trainstep_(lambda m, x: np.sum(m["w"] * x), model, 3.0, setup(Descent(0.1), model))
    3.0
    >>> model["w"].round(6)
    array([0.7])
    """
    engine, model, batch, state = _arguments(args, "trainstep_", "model, batch, opt_state", compile)
    return _checked_step(loss, engine, model, batch, state, returns=False)[0]


def train_(loss: Loss, *args: Any, cb: Any = None, progress: bool = True, compile: bool = False) -> None:
    """``train_(loss, [adtype,] model, data, opt_state)``: one step for each item of `data`, in place.

    `data` is iterated over once: a list of tuples ``(x, y)``, a DataLoader, a generator. See
    :func:`trainstep_` for how the loss is called. A bar shows the progress and the loss on a terminal, by
    tqdm if it is installed (``pip install "fluxbridge[progress]"``), else after two seconds a line of text;
    ``progress=False`` turns it off. A rule may stand for `opt_state`; its state is then lost at the end. The
    old style ``train_(loss, params(model), data, rule, cb=callback)`` works too, where the loss does not take
    the model. With ``compile=True`` the steps are compiled, as those of :func:`trainstep_`. With
    threadpoolctl (``pip install "fluxbridge[threads]"``) OpenBLAS computes in one thread meanwhile, if no
    array of the model has more than a million numbers and the user has not set the number of threads.

    Raises DomainError if a loss is infinite or NaN, before it changes the model; StructureError, before
    anything is run, if the state belongs to another model; ArgumentError if the data are no iterable, or one
    array, or the arguments are in another order; and what :func:`trainstep_` raises. Warns if the data are
    empty, or everything is frozen.

    >>> from fluxbridge.flux.optimisers import Descent, setup
    >>> model = {"w": np.array([1.0])}
    >>> train_(lambda m, x: np.sum((m["w"] - x) ** 2), model, [3.0, 3.0], setup(Descent(0.25), model))
    >>> model["w"]
    array([2.5])
    """
    if len(args) == 3 and isinstance(args[0], Params):
        return _train_old(loss, *args, cb=cb, progress=progress)
    engine, model, data, state = _arguments(args, "train_", "model, data, opt_state", compile)
    if isinstance(model, types.FunctionType) and trainables(loss) and not trainables(model):
        raise ArgumentError(
            f"train_(loss, model, data, opt_state) takes the loss first; got {type(loss).__name__} and a "
            "function in the place of the model"
        )
    if cb is not None:
        raise ArgumentError(
            "train_ does not take callbacks; for more control write a loop with trainstep_, or with "
            "withgradient and update_"
        )
    if isinstance(state, AbstractRule):
        state = _state_of(state, model)
    check_state(state, "train_")
    match(state, model, None)  # before anything is run
    with one_thread(model):
        for number, batch, bar in _items(data, progress):
            value, _ = _step(loss, engine, model, batch, state)
            _refuse_infinite(_number(value), number)
            bar(_number(value))


def _state_of(rule: AbstractRule, model: Any) -> Any:
    state = setup(rule, model)
    if any(leaf.state is not None for leaf in leaves(state)):
        name = type(rule).__name__
        warnings.warn(
            f"{name} has a state, which will be lost when train_ ends: call opt = setup({name}(), model) "
            "once, and give opt to train_",
            stacklevel=3,
        )
    return state


def _refuse_infinite(value: Any, number: int) -> None:
    if not np.isfinite(value):
        raise DomainError(f"Loss is {julia(float(value))} on data item {number}, stopping training")


def _items(data: Any, progress: bool) -> Iterator[tuple[int, Any, Callable[[Any], None]]]:
    """(number, item, function that shows the loss) for each item of the data."""
    if isinstance(data, (np.ndarray, OneHotArray)) and data.ndim > 1:
        raise ArgumentError(
            f"the data are one array of shape {data.shape}, which would be taken row by row; take a "
            "DataLoader for batches of it, or [x] for all at once"
        )
    if not isinstance(data, Iterable):
        raise ArgumentError(
            f"the data are something to iterate over, such as [(x, y)] or a DataLoader; got "
            f"{type(data).__name__}"
        )
    bar = Progress("training", data, delay=0.0) if progress else None

    def show(loss: Any) -> None:
        if bar is not None and bar.visible:
            bar.note(f"loss={float(loss):.4g}")

    number = 0
    for number, item in enumerate(data if bar is None else bar, start=1):
        yield number, item, show
    if number == 0:
        warnings.warn(
            "the data were empty, so nothing was trained (a generator or zip can be used once only)",
            stacklevel=3,
        )


def _train_old(
    loss: Loss, params: Params, data: Any, rule: Any, *, cb: Any = None, progress: bool = True
) -> None:
    """Implicit parameters: ``loss(*item)`` finds the model by itself; the rule remembers its states."""
    callbacks = [] if cb is None else list(cb) if isinstance(cb, (list, tuple)) else [cb]
    for number, item, bar in _items(data, progress):
        inputs = _spread(item)
        value, grads = withgradient(lambda: loss(*inputs), params)  # noqa: B023 (called at once)
        _refuse_infinite(value, number)
        update_(rule, params, grads)
        bar(value)
        for callback in callbacks:
            callback()
