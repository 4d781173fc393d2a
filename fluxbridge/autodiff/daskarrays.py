"""Dask's arrays: lazy, in chunks. Loaded when the first of them is met.

Nothing is computed here but what a branch asks for. Functions of each element by itself, and their rules, run
on the chunks as they are; sums, products and the like are Dask's own. What needs more than a chunk at once is
refused by name.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import dask
import dask.array as da
import numpy as np
from dask.base import normalize_token

from ..errors import NoRuleError, StructureError
from .chunks import CHUNKED, composition_works, of_each_element
from .dispatch import PRIMITIVES
from .families import FORMULAS, RULES, Family, FamilySpec, _names_once, formula_of
from .tracing import Spec, Tracer

LOGGER = logging.getLogger("fluxbridge")


class OnBlocks:
    """A primitive (`k` is None) or the rule for its input k, called with the blocks of arrays.

    `fixed` are the arguments that are no arrays, by position. It is sent to other processes by name.
    """

    def __init__(self, primitive: Any, k: int | None, fixed: dict[int, Any], options: dict[str, Any]):
        self.name = primitive.original.name
        registered = PRIMITIVES.get(self.name) is primitive.original
        self.primitive = self.name if registered else primitive.original
        self.k, self.fixed, self.options = k, fixed, options

    @property
    def __name__(self) -> str:
        return self.name if self.k is None else f"{self.name}-rule"

    def __dask_tokenize__(self) -> Any:
        return normalize_token((self.primitive, self.k, sorted(self.fixed.items()), self.options))

    def __call__(self, *blocks: Any) -> Any:
        arguments = list(blocks)
        for position, value in sorted(self.fixed.items()):
            arguments.insert(position, value)
        primitive = _registered(self.primitive) if isinstance(self.primitive, str) else self.primitive
        rule = primitive.compute if self.k is None else primitive.vjps[self.k]
        with np.errstate(all="ignore"):
            return rule(*arguments, **self.options)


def _registered(name: str) -> Any:
    if name not in PRIMITIVES:  # in a worker, which has loaded nothing but this file
        import fluxbridge.api

        from .ondemand import load_on_demand

        load_on_demand()
        if name not in PRIMITIVES:
            import importlib

            importlib.import_module(f"{fluxbridge.__name__}.flux")
    return PRIMITIVES[name]


@normalize_token.register(Spec)
def _token_of_spec(spec: Any) -> Any:
    return tuple(spec[0]), str(spec[1])


class Answer(da.Array):
    """The outcome of a comparison of two numbers: a branch computes the numbers, each of them once."""

    __slots__ = ()

    def __bool__(self) -> bool:
        comparison, operands = self.__dict__["_fluxbridge_asked"]
        return bool(comparison(*[FAMILY.value(x) if isinstance(x, da.Array) else x for x in operands]))


class Dask(Family):
    """Arrays of ``dask.array``."""

    lazy = True

    def is_leaf(self, x: Any) -> bool:
        if any(n != n for n in x.shape):
            raise StructureError(
                "a Dask array of unknown size has no gradient; call x.compute_chunk_sizes() first, or write "
                "np.where(mask, x, 0.0) in the place of x[mask]"
            )
        return super().is_leaf(x)

    def own(self, x: Any) -> Any:
        return x.copy()  # another name of the same chunks

    def spec_of(self, spec: Spec, x: Any) -> FamilySpec:
        made = tuple.__new__(FamilySpec, spec)
        made.family, made.like = self, tuple([(n,) for n in spec.shape])
        return made

    def like(self, x: Any) -> Any:
        if any(n != n for n in x.shape):
            raise NoRuleError(
                "An array of unknown size came out of an operation on a Dask array (x[mask], np.unique), and "
                "its gradient would have no shape. Write np.where(mask, x, 0.0) in the place of x[mask]."
            )
        return x.chunks

    def full(self, spec: FamilySpec, value: Any) -> Any:
        return da.full(spec.shape, value, dtype=spec.dtype, chunks=spec.like)

    def spread(self, ct: Any, spec: FamilySpec) -> Any:
        ct = da.asarray(ct)
        missing = len(spec.shape) - ct.ndim
        own = tuple([(1,) if n == 1 else c for n, c in zip(ct.shape, spec.like[missing:], strict=True)])
        ct = ct if ct.chunks == own else ct.rechunk(own)
        return ct if ct.shape == spec.shape else da.broadcast_to(ct, spec.shape, chunks=spec.like)

    def fitted(self, ct: Any, spec: FamilySpec) -> Any:
        ct = da.asarray(ct)
        return ct if ct.chunks == spec.like else ct.rechunk(spec.like)

    def scattered(self, parts: Sequence[Any], indices: Sequence[Any], spec: FamilySpec) -> Any:
        total = None
        for index, part in zip(indices, parts, strict=True):
            if index is Ellipsis:
                piece = self.fitted(part, spec) if np.ndim(part) else self.full(spec, part)
            elif _names_once(index) or _one_list(index):
                piece = self.full(spec, 0)
                piece[_old_axes(index)] = _on_old_axes(part, index)
            else:
                piece = _gathered(part, index, spec)
            total = piece if total is None else total + piece
        return total

    def positions(self, x: Any, axis: int) -> Any:
        shape = [1] * x.ndim
        shape[axis] = x.shape[axis]
        return da.arange(x.shape[axis], chunks=(x.chunks[axis],)).reshape(shape)

    def number(self, ct: Any, kind: Any) -> Any:
        return ct  # as it is: to make a number of it would compute it

    def finished(self, ct: Any) -> Any:
        return ct

    def computed(self, xs: Sequence[Any]) -> Sequence[Any]:
        return dask.compute(*xs)

    def value(self, x: Any) -> Any:
        held = x.__dict__.get("_fluxbridge_value")
        if held is None or held[0] != x.name:
            LOGGER.debug("the value of a Dask array was needed, by a branch, and was computed: %s", x.name)
            held = x.__dict__["_fluxbridge_value"] = x.name, x.compute()
        return held[1]

    def answer(self, outcome: Any, comparison: Any, operands: Sequence[Any]) -> Any:
        if outcome.ndim:
            return outcome
        answer = Answer(outcome.dask, outcome.name, outcome.chunks, meta=outcome._meta)
        answer.__dict__["_fluxbridge_asked"] = comparison, operands
        return answer

    def compute(self, primitive: Any, values: Sequence[Any], options: dict[str, Any]) -> Any:
        name = primitive.original.name
        if name in CHUNKED or name in FORMULAS:
            try:
                return formula_of(primitive)(*values, **options)
            except TypeError as error:
                if "unexpected keyword argument" not in str(error):
                    raise
                given = ", ".join(f"{k}=" for k, v in options.items() if v is not None)
                raise NoRuleError(
                    f"{name} of a Dask array does not take all of {given}: {error}. Write np.where(mask, x, "
                    "value) for where=, and leave out what Dask does not have."
                ) from error
        if not of_each_element(primitive):
            return _whole(primitive, values, options)
        if isinstance(primitive.compute, np.ufunc) or primitive.compute.__module__ == "_operator":
            return primitive.compute(*values, **options)
        return _on_blocks(primitive, None, values, options)

    def pull(self, primitive: Any, k: int, ct: Any, values: Sequence[Any], options: dict[str, Any]) -> Any:
        if primitive.name in CHUNKED or primitive.name in RULES:
            return super().pull(primitive, k, ct, values, options)
        if of_each_element(primitive):
            return _on_blocks(primitive, k, (ct, *values), options)
        return _whole_rule(primitive, k, (ct, *values), options)

    def check(self, function: Any) -> None:
        if not composition_works(function):
            name = ".".join(
                getattr(part, "__name__", str(part))
                for part in (function if isinstance(function, tuple) else (function,))
            )
            raise NoRuleError(
                f"np.{name} does not work on the chunks of a Dask array: it looks at values, or "
                "needs all elements at once. If the array fits into memory, compute it before the gradient, "
                "x.compute(); if rows are independent, x.rechunk so that each block has all it needs, and "
                "write a function with a rule (fluxbridge.adjoint) that calls da.map_blocks."
            )

    def check_constant(self, function: Any) -> None:
        module: Any = da
        for part in function.__module__.split(".")[1:]:
            module = getattr(module, part, None)
        theirs = getattr(module, function.__name__, function)
        if theirs is function and function not in da.core._HANDLED_FUNCTIONS:
            raise NoRuleError(
                f"np.{function.__name__} is not among Dask's functions, and would need all elements. Compute "
                "its argument before, x.compute()."
            )


FAMILY = Dask("Dask")


def _leave_to_us() -> None:
    """Let Dask's operators leave traced arrays to us, as NEP 13 has it: ``X @ w`` asks ``w`` then.

    Dask takes whatever says of itself that it is an ndarray for a chunk of its own.
    """
    theirs, their_types = da.core.is_valid_array_chunk, da.core.is_valid_chunk_type

    def is_valid_array_chunk(array: Any) -> bool:
        return not issubclass(type(array), Tracer) and theirs(array)

    def is_valid_chunk_type(kind: type) -> bool:
        return not issubclass(kind, Tracer) and their_types(kind)

    da.core.is_valid_array_chunk, da.core.is_valid_chunk_type = is_valid_array_chunk, is_valid_chunk_type


_leave_to_us()


def _one_list(index: Any) -> bool:
    """Is there one list of positions in this index, all different, beside numbers and slices?"""
    items = index if isinstance(index, tuple) else (index,)
    lists = [i for i in items if isinstance(i, np.ndarray)]
    if len(lists) != 1 or lists[0].ndim != 1 or lists[0].dtype.kind not in "iu":
        return False
    rest = [i for i in items if not isinstance(i, np.ndarray)]
    return all(isinstance(i, slice) for i in rest) and len(set(lists[0].tolist())) == lists[0].size


def _old_axes(index: Any) -> Any:
    """The index without new axes."""
    if index is None:
        return ...
    return tuple([i for i in index if i is not None]) if isinstance(index, tuple) else index


def _on_old_axes(part: Any, index: Any) -> Any:
    """The cotangent without the axes that the index made."""
    items = index if isinstance(index, tuple) else (index,)
    if None not in [i if i is None else 0 for i in items]:
        return part
    kept = [i for i in items if i is None or i is Ellipsis or isinstance(i, slice)]
    dots = next((k for k, i in enumerate(kept) if i is Ellipsis), len(kept))
    new = [k if k < dots else k - len(kept) for k, i in enumerate(kept) if i is None]
    return np.squeeze(part, axis=tuple(new))


def _gathered(part: Any, index: Any, spec: FamilySpec) -> Any:
    """Zeros with the cotangents of elements that may be named more than once, in one block."""
    if any(len(c) > 1 for c in spec.like):
        raise NoRuleError(
            "x[indices] of a Dask array in several chunks has no rule, as an element may be needed in any of "
            "them. Give x one chunk, x.rechunk(x.shape), index with slices, or multiply with a matrix of "
            "zeros and ones."
        )
    return _in_one(_scatter, (part,), spec, {"index": index, "shape": spec.shape, "dtype": spec.dtype})


def _scatter(part: Any, index: Any, shape: Any, dtype: Any) -> Any:
    return PRIMITIVES["scatter"].compute(part, indices=[index], shape=shape, dtype=dtype)


def _on_blocks(primitive: Any, k: int | None, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
    """A function of each element by itself, on the blocks of its arguments."""
    arrays, fixed = [], {}
    for position, x in enumerate(arguments):
        if isinstance(x, da.Array) or (isinstance(x, np.ndarray) and x.ndim):
            arrays.append(x if isinstance(x, da.Array) else da.asarray(x))
        else:
            fixed[position] = x
    call = OnBlocks(primitive, k, fixed, options)
    if not arrays:
        return call()
    dtype = np.result_type(call(*[np.ones((1,) * x.ndim, x.dtype) for x in arrays]))
    return da.core.elemwise(call, *arrays, dtype=dtype)


# -- what needs all elements at once ---------------------------------------------------------------------


def _check_whole(primitive: Any, values: Sequence[Any]) -> None:
    for x in values:
        if isinstance(x, da.Array) and any(n > 1 for n in x.numblocks):
            raise NoRuleError(
                f"{primitive.original.name} does not work on the chunks of a Dask array, as it needs all "
                f"elements at once (this one has shape {x.shape} in {x.npartitions} chunks). If it fits into "
                "memory, give it one chunk, x.rechunk(x.shape); else write the formula with sums, products "
                "and functions of each element by itself."
            )


def _in_one(call: Any, values: Sequence[Any], spec: Spec, options: dict[str, Any]) -> Any:
    """``call(*values)`` as one task, whose result looks like `spec`."""
    values = [x.rechunk(x.shape) if isinstance(x, da.Array) and x.ndim else x for x in values]
    done = dask.delayed(call)(*values, **options)
    return da.from_delayed(done, spec.shape, dtype=spec.dtype)


def _whole(primitive: Any, values: Sequence[Any], options: dict[str, Any]) -> Any:
    """A primitive of arrays in one chunk each; what the result looks like is asked of arrays like them."""
    _check_whole(primitive, values)
    like = primitive.compute(*[_example(x) if isinstance(x, da.Array) else x for x in values], **options)
    if isinstance(like, tuple):
        raise NoRuleError(
            f"{primitive.original.name} has several results, which Dask does not give one by one; compute "
            "its argument before, x.compute()."
        )
    like = np.asarray(like)
    return _in_one(OnBlocks(primitive, None, {}, options), values, Spec(like.shape, like.dtype), {})


def _example(x: Any) -> np.ndarray:
    """An array like `x` with numbers that no function of matrices refuses."""
    numbers = np.random.default_rng(0).uniform(0.1, 0.2, x.shape)
    return (numbers + np.eye(*x.shape[-2:]) if x.ndim > 1 else numbers).astype(x.dtype)


def _whole_rule(primitive: Any, k: int, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
    spec = arguments[2 + k]
    spec = spec if isinstance(spec, Spec) else Spec(tuple(spec.shape), spec.dtype)
    return _in_one(OnBlocks(primitive, k, {}, options), arguments, spec, {})
