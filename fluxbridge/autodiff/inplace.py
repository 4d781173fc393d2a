"""Changes in place: ``y += x`` does to every name and view of a traced array what NumPy does.

All names of an array hold one tracer, which gets a new value and a new place on its tape. Views are
tracers of their own: their level knows them (:class:`Memory`), and a change of one is carried to the
others that share its memory and are alive. No memory is ever written: what was recorded stays as it was.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any
from weakref import ref

import numpy as np

from ..errors import MutationError
from .dispatch import PRIMITIVES, apply
from .families import family_of
from .frames import is_boundary, of_engine
from .tracing import Tracer, plain


class Memory:
    """What a level knows of who shares memory with whom.

    `views` are weak references to traced arrays that are, or have, views. `given` are pairs of a traced
    array and something else with its memory, to which a change cannot be carried. `arguments` are the
    stand-ins of arrays with the caller's own, `changed` those of the latter that f changed in place.
    While f runs, `rebuilt` is what made the copies of the objects among the arguments.
    """

    __slots__ = ("arguments", "changed", "given", "rebuilt", "room", "views")

    def __init__(self) -> None:
        self.room = 1000
        self.views: list[Any] = []
        self.given: list[tuple[Any, Any]] = []
        self.arguments: list[tuple[Any, Any]] = []
        self.changed: list[Any] = []
        self.rebuilt: Any = None

    def alive(self) -> list[Any]:
        """The traced arrays among the views; those that are gone are forgotten."""
        alive = {id(x): (link, x) for link in self.views if (x := link()) is not None}
        self.views[:] = [link for link, _ in alive.values()]
        return [x for _, x in alive.values()]

    def clear(self) -> None:
        for known in (self.views, self.given, self.arguments, self.changed):
            known.clear()


def related(source: Any, view: Any) -> Any:
    """`view`, a traced array that is known from now on to share memory with `source`."""
    memory = source.level.memory
    if len(memory.views) > memory.room:
        memory.room = 1000 + 2 * len(memory.alive())
    memory.views += (ref(source), ref(view))
    return view


def given_out(source: Any, other: Any) -> None:
    """`other` has the memory of `source`, and could not follow a change of it."""
    source.level.memory.given.append((ref(source), ref(other)))


def is_given_out(a: Any, b: Any) -> bool:
    """Was one of these, a traced array and another object, made of the other with its memory?"""
    memory = getattr(getattr(a, "level", None) or getattr(b, "level", None), "memory", None)
    return memory is not None and any({id(x()), id(y())} == {id(a), id(b)} for x, y in memory.given)


def shares(y: Any, x: Any) -> bool:
    """Is the array `y`, made of `x`, a view of it?"""
    if not isinstance(x, np.ndarray):
        return False
    base = y.base
    if y is x or (base is not None and (base is x or base is x.base)):
        return True
    return base is not None and np.may_share_memory(y, x)


def as_view(source: Any, result: Any, view: Callable[[np.ndarray], np.ndarray]) -> Any:
    """`result`, computed from `source` in another way than NumPy does, as the view that NumPy gives."""
    if isinstance(source, Tracer) and isinstance(result, Tracer) and hasattr(result, "state"):
        of = plain(source)
        result._value = _moved(result._value, view(of))
        if shares(plain(result), of):
            related(source, result)
    return result


def alias(tracer: Any) -> Any:
    """Another tracer of the same value, which later changes of the first do not reach."""
    twin = object.__new__(type(tracer))
    twin.level = tracer.level
    for name in tracer.state:
        setattr(twin, name, getattr(tracer, name))
    return twin


def copied(tracer: Any, order: Any = "C") -> Any:
    """A copy, with memory of its own in the order that NumPy would give it."""
    twin = alias(tracer)
    value = plain(tracer)
    family = family_of(value)
    new = value.copy(order) if family is None else family.own(value)
    twin._value = _moved(twin._value, new)
    return twin


def _moved(value: Any, array: np.ndarray) -> Any:
    """`value`, of whatever level, with `array` as the plain array at the bottom."""
    if not isinstance(value, Tracer):
        return array
    twin = alias(value)
    twin._value = _moved(twin._value, array)
    return twin


def is_part(whole: Any, index: Any, part: Any) -> bool:
    """Is `part` the view ``whole[index]``, which ``whole[index] += x`` has changed already?"""
    if not isinstance(part, type(whole)) or part.level is not whole.level:
        return False
    here, there = plain(whole)[index], plain(part)
    return (
        isinstance(here, np.ndarray)
        and here.shape == there.shape
        and here.strides == there.strides
        and here.ctypes.data == there.ctypes.data
    )


# -- the change --------------------------------------------------------------------------------------


def change(
    target: Any, new: Any, ufunc: np.ufunc, inputs: tuple[Any, ...], casting: str = "same_kind"
) -> Any:
    """`target` with the values `new`, the result of ``ufunc(*inputs)``, under all its names and views."""
    level = target.level
    memory = level.memory
    old = target._value
    value = getattr(new, "_value", None)
    if not (
        type(new) is type(target)
        and new.level is level
        and not memory.views
        and not memory.given
        and type(value) is np.ndarray
        and value.dtype is old.dtype
        and value.shape == old.shape
        and value.strides == old.strides
        and value.base is None
        and all(leaf is not target for leaf, _ in memory.arguments)
    ):
        new = _of_level(target, fitted(plain(target), new, ufunc, inputs, casting))
        others = _others(target, ufunc)
        if others:
            _carry(target, new, others, ufunc)
            return target
        new._value = _moved(new._value, _windows([target], plain(new))[0])
    for name in target.state:
        setattr(target, name, getattr(new, name))
    return target


def fitted(old: np.ndarray, new: Any, ufunc: np.ufunc, inputs: tuple[Any, ...], casting: str) -> Any:
    """`new` in the shape and type of the array it goes into, or NumPy's own error."""
    value = np.asarray(plain(new))
    if not old.flags.writeable:
        raise MutationError(
            f"{_name(ufunc)} changes a traced array in place that NumPy gives out as read-only (as "
            "np.broadcast_to and np.diagonal do). Write `y = y + x` instead of `y += x`."
        )
    holds_anything = old.dtype.hasobject  # an array of objects, which the traced array takes the place of
    same_type = holds_anything or value.dtype == old.dtype or np.can_cast(value.dtype, old.dtype, casting)  # type: ignore[arg-type]
    if value.shape != old.shape or not same_type:
        scratch = old.copy()
        ufunc(*plain(inputs), out=scratch, casting=casting)
    if value.dtype != old.dtype and not holds_anything:
        new = new.astype(old.dtype) if isinstance(new, Tracer) else value.astype(old.dtype)  # type: ignore[attr-defined]
    return new if value.shape == old.shape else np.broadcast_to(new, old.shape)


def _of_level(target: Any, new: Any) -> Any:
    """`new` as a traced array of the level of `target`, in an object of its own."""
    level = target.level
    if not isinstance(new, Tracer):
        return level.constant(np.array(new), target)
    if new.level is not level:
        if new.level.order > level.order:
            raise MutationError(
                "Mutating arrays is not supported -- an array of an outer function was changed in place by "
                "a value that an inner gradient is taken of. Build a new one instead (y = y + x)."
            )
        return level.constant(alias(new), target)
    if type(new) is type(target):
        return alias(new)
    twin = object.__new__(type(target))  # an array without axes: its operations give numbers
    twin.level = level
    for name in twin.state:
        setattr(twin, name, getattr(new, name))
    twin._value = twin._value if isinstance(twin._value, Tracer) else np.asarray(twin._value)
    return twin


def _others(target: Any, ufunc: np.ufunc) -> list[Any]:
    """Who else is alive and shares elements with `target`: nobody, or all whose memory hangs together."""
    memory = target.level.memory
    value = plain(target)
    views = [x for x in memory.alive() if x is not target]
    owner = _owner(value)
    others = [x for x in views if _owner(plain(x)) is owner]
    if not any(_overlap(value, plain(x)) for x in others):
        others = []
    family = [target, *others]
    for pair in memory.given:
        a, b = pair[0](), pair[1]()
        if a is not None and b is not None and any(x is a or x is b for x in family):
            raise MutationError(
                f"Mutating arrays is not supported -- {_name(ufunc)} changes an array in place whose memory "
                "is in use elsewhere (by ignore_derivatives, by np.asarray, or by a function with a rule of "
                "its own), where the change would not be seen. Write `y = y + x` instead of `y += x`, or "
                "change a copy: y = y.copy()."
            )
    for leaf, original in memory.arguments:
        if any(x is leaf for x in family):
            _check_argument(target, original, ufunc)
    return others


def _owner(array: np.ndarray) -> Any:
    """The array at the bottom of a chain of views."""
    while array.base is not None:
        base: Any = array.base
        if not isinstance(base, np.ndarray):  # as_strided puts an object in between
            base = getattr(base, "base", None)
        if not isinstance(base, np.ndarray):
            break
        array = base
    return array


def _overlap(a: np.ndarray, b: np.ndarray) -> bool:
    if not np.may_share_memory(a, b):
        return False
    try:
        return np.shares_memory(a, b, max_work=10_000)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def _carry(target: Any, new: Any, others: list[Any], ufunc: np.ufunc) -> None:
    """Change `target`, and all that share its elements, in new memory that they share as before."""
    value = plain(target)
    if any(plain(x).dtype != value.dtype for x in others):
        raise MutationError(
            f"Mutating arrays is not supported -- {_name(ufunc)} changes an array in place that shares its "
            "memory with the real or imaginary part of a complex array. Write `y = y + x` instead of "
            "`y += x`."
        )
    members = [target, *others]
    places = _places(members)
    size = 1 + max(int(p.max(initial=-1)) for p in places)
    owner = np.full(size, -1)
    owner[places[0].ravel()] = np.arange(value.size)
    if np.count_nonzero(owner >= 0) != value.size:
        raise MutationError(
            f"Mutating arrays is not supported -- {_name(ufunc)} changes a view in place that holds one "
            "element at several positions. Write `y = y + x` instead of `y += x`."
        )
    flat = apply(PRIMITIVES["reshape"], (new,), {"shape": -1, "order": "C"})
    results = [new]
    for x, place in zip(others, places[1:], strict=True):
        source = owner[place]
        inside = source >= 0
        if not inside.any():
            results.append(alias(x))
        elif inside.all():
            results.append(apply(PRIMITIVES["getitem"], (flat,), {"index": source}))
        else:
            moved = apply(PRIMITIVES["getitem"], (flat,), {"index": np.where(inside, source, 0)})
            results.append(np.where(inside, moved, x))
    windows = _windows(members, plain(new))
    for x, result, window in zip(members, results, windows, strict=True):
        result._value = _moved(result._value, window)
        for name in x.state:
            setattr(x, name, getattr(result, name))


def _low(arrays: list[np.ndarray]) -> tuple[int, int]:
    bounds = [np.lib.array_utils.byte_bounds(a) for a in arrays]
    return min(b[0] for b in bounds), max(b[1] for b in bounds)


def _places(members: list[Any]) -> list[np.ndarray]:
    """For every member the numbers that its elements have in their common memory."""
    arrays = [plain(x) for x in members]
    low, high = _low(arrays)
    step = arrays[0].itemsize
    numbers = np.arange((high - low) // step)
    return [_window(a, numbers, low) for a in arrays]


def _window(array: np.ndarray, memory: np.ndarray, low: int) -> np.ndarray:
    """The part of `memory` that lies there as `array` does in its own, which begins at `low`."""
    scale = memory.itemsize / array.itemsize
    offset = int((array.ctypes.data - low) * scale)
    strides = tuple([int(s * scale) for s in array.strides])
    return np.ndarray(array.shape, memory.dtype, memory, offset, strides)


def _windows(members: list[Any], new: np.ndarray) -> list[np.ndarray]:
    """New arrays that lie to each other as the values of `members` do; the first has the values `new`."""
    arrays = [plain(x) for x in members]
    if len(arrays) == 1 and arrays[0].flags.c_contiguous:
        array = np.empty(arrays[0].shape, arrays[0].dtype)
        array[...] = new
        return [array]
    low, high = _low(arrays)
    memory = np.zeros((high - low) // arrays[0].itemsize, arrays[0].dtype)
    windows = [_window(a, memory, low) for a in arrays]
    for window, array in zip(windows[1:], arrays[1:], strict=True):
        window[...] = array
    windows[0][...] = new
    return windows


# -- arguments ---------------------------------------------------------------------------------------


def _check_argument(target: Any, original: Any, ufunc: np.ufunc) -> None:
    """Raise if the function can see the memory of this argument in another way, too.

    The caller's array is not changed, as a function that is differentiated has no effects outside.
    """
    level = target.level
    whole = plain(original)
    if sum(_overlap(plain(x), whole) for _, x in level.memory.arguments) > 1:
        _argument_refused(ufunc, "another argument")
    contiguous = whole.flags.c_contiguous or whole.flags.f_contiguous
    if not contiguous:
        _argument_refused(ufunc, "a larger array")
    for name, value in _visible(level):
        if isinstance(value, Tracer) and value.level is level:
            continue
        value = plain(value) if isinstance(value, Tracer) else value
        if isinstance(value, np.ndarray) and not value.dtype.hasobject and _overlap(value, whole):
            _argument_refused(ufunc, f"the variable {name}")
    level.memory.changed.append(original)


def was_changed(x: Any) -> bool:
    """Is this the stand-in of an argument that the function changed in place?"""
    memory = x.level.memory if isinstance(x, Tracer) and hasattr(x, "state") else None
    if memory is None or not memory.changed:
        return False
    return any(leaf is x and any(o is c for c in memory.changed) for leaf, o in memory.arguments)


def _argument_refused(ufunc: np.ufunc, where: str) -> None:
    raise MutationError(
        f"Mutating arrays is not supported -- {_name(ufunc)} changes an argument in place whose memory "
        f"belongs to {where} as well, and NumPy would change both. Begin with a copy: x = x.copy()."
    )


def _visible(level: Any) -> Iterator[tuple[str, Any]]:
    """The variables of the functions that run now, and the globals that they name."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        if is_boundary(frame):
            return
        module = frame.f_globals.get("__name__", "")
        if not of_engine(module) and not module.startswith("numpy."):
            yield from frame.f_locals.items()
            for name in frame.f_code.co_names:
                if name in frame.f_globals:
                    yield name, frame.f_globals[name]
        frame = frame.f_back


def _name(ufunc: Any) -> str:
    return f"np.{getattr(ufunc, '__name__', ufunc)}"
