"""What works on arrays in chunks: tables of names, which tests walk and docs/functions.md shows.

A primitive that is in none of them, and is no function of each element by itself, needs all elements at once.
"""

from __future__ import annotations

from typing import Any

from .dispatch import PRIMITIVES

#: Primitives of more than one element that Dask computes chunk by chunk, rule and all.
CHUNKED = {
    "astype", "broadcast_to", "concatenate", "cumsum", "diag", "dot", "einsum1", "einsum2", "einsum3",
    "expand_dims", "flip", "getitem", "matmul", "max", "mean", "min", "moveaxis", "norm2", "outer", "prod",
    "reshape", "roll", "rot90", "scatter", "squeeze", "stack", "std", "sum", "swapaxes", "tensordot", "tile",
    "transpose", "tril", "triu", "var", "vdot", "where",
}  # fmt: skip
#: Primitives of each element by itself, beside those that have a rule for numbers.
BY_ELEMENT = {
    "absolute_power", "around", "ceil", "clip", "fabs_power", "fix", "floor", "hypot_power", "imag", "real",
    "rint", "round",
}  # fmt: skip
#: Functions that are written with others, all of which work on chunks.
COMPOSED = {
    "amax", "amin", "append", "array_split", "astype", "atleast_1d", "atleast_2d", "atleast_3d",
    "broadcast_arrays", "column_stack", "copy", "diff", "dsplit", "dstack", "einsum", "fliplr", "flipud",
    "float_power", "hsplit", "hstack", "inner", "kron", "matrix_transpose", "nansum", "norm", "power", "ptp",
    "ravel", "repeat", "select", "sign", "split", "trapezoid", "unstack", "vector_norm", "vsplit", "vstack",
}  # fmt: skip


#: Methods of ufuncs.
METHODS = {"add.reduce", "multiply.reduce", "maximum.reduce", "minimum.reduce", "add.accumulate"}
#: Primitives before whose call a function of ours asks for values.
_ASKING = {"det", "slogdet", "inv", "pinv", "solve", "lstsq", "eig", "eigh", "svd", "qr", "cholesky", "pad",
           "bincount", "cond", "interp", "histogram", "convolve", "linspace", "roots"}  # fmt: skip


def works_on_chunks(primitive: Any) -> bool:
    """Does this primitive, and its rule, take Dask's arrays whatever their chunks are?"""
    return primitive.original.name in CHUNKED or of_each_element(primitive)


def of_each_element(primitive: Any) -> bool:
    return primitive.number_vjp is not None or primitive.original.name in BY_ELEMENT


def composition_works(function: Any) -> bool:
    """May this function of NumPy, for which a function of ours answers, be called with Dask's arrays?

    >>> import numpy as np
    >>> composition_works(np.ravel), composition_works(np.linalg.det), composition_works(np.sort)
    (True, False, True)
    """
    if isinstance(function, tuple):  # a method of a ufunc
        return f"{function[0].__name__}.{function[1]}" in METHODS
    name = function.__name__
    return name in COMPOSED or name in CHUNKED or (name in PRIMITIVES and name not in _ASKING)
