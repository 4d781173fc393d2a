# ruff: noqa: F401, F403
"""Julia's meaning for Python values: what a translated program calls where the kind of a value is not known.

Names are Julia's; ``!`` is ``_``, and a name that Python uses otherwise has ``_`` behind it (``sum_``,
``map_``). Positions count
from 1, axes (``dims``) too, arrays go down the columns: the functions do what Julia does, with Python's
values. Most of
them are also right inside of a gradient.

>>> from fluxbridge.port import base as jl
>>> import numpy as np
>>> jl.mul(np.array([[1, 2], [3, 4]]), np.array([1, 1])), jl.mul("ab", "c"), jl.mul(2**62, 2)
(array([3, 7]), 'abc', -9223372036854775808)
>>> jl.size(np.zeros((2, 3)), 2), jl.argmax([3, 9, 9]), jl.int_div(-7, 2)
(3, 2, -3)
"""

import math as _math

from ...autodiff.template import Record
from . import arrays as _arrays
from . import gaussian as _gaussian
from . import types as _types
from .arithmetic import (
    BY_NAME,
    PI,
    E,
    add,
    array_of,
    bitand,
    bitor,
    cld,
    div,
    divrem,
    egal,
    eps,
    eq,
    fld,
    fldmod,
    ge,
    gt,
    int_div,
    is_array,
    isapprox,
    isequal,
    le,
    left_divide,
    literal_power,
    lt,
    mod,
    mod1,
    mul,
    ne,
    one,
    pow_,
    promote,
    promote_type,
    rational,
    rem,
    shift_left,
    shift_right,
    shift_right_logical,
    sub,
    typemax,
    typemin,
    unary,
    wrap,
    xor,
    zero,
)  # fmt: skip
from .arrays import *
from .asking import *
from .broadcasting import Dotted, Ref, Single, broadcast
from .characters import *
from .collections import *
from .datasets import Iris
from .dispatch import EXTENSIONS, Function, convert, dispatch, extend, no_method
from .elementary import *
from .enums import *
from .errors import (
    ArgumentError,
    AssertionError_,
    BoundsError,
    DimensionMismatch,
    DomainError,
    ErrorException,
    InexactError,
    MethodError,
    UndefVarError,
    message,
    rethrow,
    throw,
)  # fmt: skip
from .figures import side_by_side
from .files import *
from .floats import *
from .hashing import OrderedSet, keywords, ordered, sized
from .indexing import (
    COLON,
    CartesianIndices,
    FloatRange,
    assign,
    at,
    cartesian_indices,
    colon,
    last_index,
    linear_indices,
    setat,
    view,
)  # fmt: skip
from .inplace import *
from .integers import *
from .iteration import (
    Generator,
    Pair,
    countfrom,
    cycle,
    drop,
    dropwhile,
    enumerate_,
    flatten,
    iterate,
    lazy_accumulate,
    lazy_filter,
    lazy_map,
    next_of,
    pairs,
    partition,
    peel,
    product,
    repeated,
    rest,
    reverse_iterator,
    take,
    takewhile,
    tuple_,
    zip_,
)  # fmt: skip
from .linear import *
from .linear import I
from .logging import *
from .missings import *
from .models import Embedding, EmbeddingBag, constant, derivative, pullback_with_function
from .observations import *
from .printing import (
    display,
    error,
    print_,
    printf,
    println,
    printstyled,
    repr_,
    show_,
    showerror,
    shown,
    sprint,
    sprintf,
    string,
    take_,
    write,
)  # fmt: skip
from .randomness import (
    bitrand,
    default_rng,
    rand,
    rand_,
    randcycle,
    randexp,
    randn,
    randn_,
    randperm,
    randstring,
    randsubseq,
    seed_,
    shuffle,
    shuffle_,
    xoshiro,
)  # fmt: skip
from .replacing import Substitution
from .showing import Text, float_text, show
from .statsbase import *
from .structs import Default, Struct, abstract, constructor, extended_call, fields_of, new, parametric, struct
from .types import *
from .types import Any_, Sub, Symbol, TypeType, TypeVar, Union, isa, subtype, supertype, typeof

for _kind in (_types.Vector, _types.Matrix, _types.Array):
    _kind.convert = _arrays.array_from
IOBuffer = Text
pi = _math.pi
im = _gaussian.ComplexInteger(0, 1)
IM = _gaussian.Imaginary(0, 1)
KeyError_ = KeyError
