"""Steps taken: rules applied to parameters in place, all or none of them, undisturbed by Ctrl-C.

Rules are pure functions, so all steps are computed before the first parameter is written. Only those of large
arrays, which take as much memory as the array, are computed block by block and written at once: a block and
what is computed from it stay in the cache. Rules that may be treated so do not fail, unless a filter makes
NumPy's warnings errors.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ArgumentError
from .base import AbstractRule, NewValue
from .interrupts import Uninterrupted
from .scratch import BLOCK, LOCAL

if TYPE_CHECKING:
    from .tree import Entry

LARGE = 1 << 15  #: bytes from which on a step is taken in blocks


def take_steps(entries: list[Entry]) -> None:
    """One step for each entry: a parameter with its leaf and gradient, everything already checked.

    All steps that can fail are computed before anything is written, so after an error nothing has changed.
    """
    careful = not {"raise", "call"}.isdisjoint(np.geterr().values())  # then any operation may fail
    kept = [(e.leaf, copy.deepcopy(e.leaf.state)) for e in entries if e.rule.writes_state]
    with Uninterrupted():
        try:
            made = [None if in_blocks(e, careful) else computed(e, careful) for e in entries]
        except BaseException:
            for leaf, state in kept:
                leaf.state = state
            raise
        for entry, result in zip(entries, made, strict=True):
            if result is None:
                step_in_blocks(entry)
            else:
                entry.leaf.state, step = result
                write(entry.array, step)


def in_blocks(entry: Entry, careful: bool) -> bool:
    """May this step be taken block by block, each written before the next is computed?"""
    size = entry.array.nbytes
    return size >= LARGE and entry.rule.elementwise and not careful and (size <= BLOCK or is_flat(entry))


def computed(entry: Entry, careful: bool) -> tuple[Any, Any]:
    """(next state, step), the step being one that :func:`write` takes."""
    rule, x = entry.rule, entry.array
    state, step = rule.apply_(entry.leaf.state, x, entry.gradient)
    if step is not None and type(step) is not NewValue:
        if type(step) is not np.ndarray or step.dtype is not x.dtype or step.shape != x.shape:
            step = checked_step(rule, x, step)
        if careful:
            step = NewValue(x - step)
    return state, step


def checked_step(rule: AbstractRule, x: np.ndarray, step: Any) -> np.ndarray:
    """`step` as an array that can be subtracted from `x`; an ArgumentError if there is none."""
    array = np.asarray(step)
    if not np.can_cast(array.dtype, x.dtype, "same_kind"):
        raise ArgumentError(
            f"{rule!r} gave a step of dtype {array.dtype} for a parameter of dtype {x.dtype}; its apply must "
            "return (state, step) with a step like the parameter"
        )
    try:
        return np.broadcast_to(array, x.shape)
    except ValueError:
        raise ArgumentError(
            f"{rule!r} gave a step of shape {array.shape} for a parameter of shape {x.shape}; its apply must "
            "return (state, step) with a step like the parameter"
        ) from None


def write(x: np.ndarray, step: Any) -> None:
    """Subtract a step from `x`, or write the new value into it."""
    if type(step) is NewValue:
        x[...] = step.value
    elif step is not None:
        np.subtract(x, step, out=x, casting="same_kind")


# -- large arrays --------------------------------------------------------------------------------------


def is_flat(entry: Entry) -> bool:
    """Are the parameter and the arrays of its state contiguous in one order, so that they have flat views?"""
    x = entry.array
    return x.flags.forc and contiguous(entry.leaf.state, x.flags.fnc)


def contiguous(state: Any, fortran: bool) -> bool:
    if type(state) is tuple:
        return all(contiguous(part, fortran) for part in state)
    return type(state) is not np.ndarray or (
        state.flags.f_contiguous if fortran else state.flags.c_contiguous
    )


def step_in_blocks(entry: Entry) -> None:
    """A step of an elementwise rule. The arrays of its state, in the shape of `x`, are written into."""
    leaf, x, dx, state = entry.leaf, entry.array, entry.gradient, entry.leaf.state
    if x.nbytes <= BLOCK:
        leaf.state = step_of_block(entry.rule, state, x, dx)
        return
    order: Any = "F" if x.flags.fnc else "C"
    values, dx = x.reshape(-1, order=order), dx.reshape(-1, order=order)
    state = with_arrays(lambda array: array.reshape(-1, order=order), state)
    new, length = state, max(BLOCK // x.itemsize, 1)
    for start in range(0, x.size, length):
        place = slice(start, start + length)
        part = with_arrays(lambda array: array[place], state)  # noqa: B023 (called at once)
        new = step_of_block(entry.rule, part, values[place], dx[place])
    leaf.state = with_arrays(lambda array, _: array, leaf.state, new)


def step_of_block(rule: AbstractRule, state: Any, x: np.ndarray, dx: np.ndarray) -> Any:
    with LOCAL:
        new, step = rule.apply_(state, x, dx)
        state = updated(state, new)
        write(x, step)
    return state


def updated(state: Any, new: Any) -> Any:
    """`new` with its arrays written into those of `state`."""
    if type(new) is tuple:
        return tuple(map(updated, state, new))
    if type(new) is not np.ndarray:
        return new
    if new is not state:
        state[...] = new
    return state


def with_arrays(f: Callable[..., Any], state: Any, *new: Any) -> Any:
    """A state with ``f(array, …)`` for its arrays; what else is in it comes from `new`, if that is given."""
    if type(state) is tuple:
        return tuple([with_arrays(f, *parts) for parts in zip(state, *new, strict=True)])
    return f(state, *new) if type(state) is np.ndarray else new[0] if new else state
