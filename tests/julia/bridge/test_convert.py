"""Values across the border: every dtype, order and stride, structures, and what garbage collectors do."""

from __future__ import annotations

import dataclasses
import gc
from collections import namedtuple
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from fluxbridge import AutoZygote, Diagonal, I, Record, gradient, julia, withgradient
from fluxbridge.errors import StructureError

pytestmark = pytest.mark.julia

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
    "float64", "complex64", "complex128",
]  # fmt: skip

LAYOUTS = {
    "vector": lambda a: a[:6],
    "C": lambda a: a[:24].reshape(4, 6),
    "F": lambda a: np.asfortranarray(a[:24].reshape(4, 6)),
    "C3": lambda a: a[:24].reshape(2, 3, 4),
    "F3": lambda a: np.asfortranarray(a[:24].reshape(2, 3, 4)),
    "transposed3": lambda a: a[:24].reshape(2, 3, 4).transpose(1, 0, 2),
    "strided": lambda a: a[:24].reshape(4, 6)[::2, 1::2],
    "backwards": lambda a: a[:6][::-1],
    "column": lambda a: a[:24].reshape(4, 6)[:, 2],
    "one row": lambda a: a[:6].reshape(1, 6),
    "empty": lambda a: a[:0],
    "empty2": lambda a: a[:0].reshape(3, 0),
    "broadcast": lambda a: np.broadcast_to(a[:3], (2, 3)),
}


@pytest.fixture(scope="module")
def same() -> Any:
    return julia.function("x -> x")


@pytest.fixture(scope="module")
def kind() -> Any:
    return julia.function("x -> string(typeof(x))")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_array_there_and_back(same: Any, dtype: str, layout: str) -> None:
    x = LAYOUTS[layout](np.arange(1, 40).astype(dtype))
    y = same(x)
    assert y.dtype == x.dtype
    np.testing.assert_array_equal(y, x)
    assert y.flags.owndata
    assert y.flags.c_contiguous
    assert not np.shares_memory(x, y)


def test_indices_agree(same: Any) -> None:
    pick = julia.function("x -> x[1, 2, 3]")
    x = np.arange(24.0).reshape(2, 3, 4)
    assert pick(x) == pick(np.asfortranarray(x)) == x[0, 1, 2]


def test_read_only_and_big_endian_and_long(same: Any) -> None:
    x = np.arange(3.0)
    x.flags.writeable = False
    np.testing.assert_array_equal(same(x), x)
    for dtype in (">f8", ">i4", ">c8", "longdouble"):
        np.testing.assert_array_equal(same(np.arange(3).astype(dtype)), np.arange(3))


def test_unaligned(same: Any) -> None:
    x = np.zeros(3, dtype=[("tag", "i1"), ("value", "f8")])["value"]
    np.testing.assert_array_equal(same(x), np.zeros(3))


def test_refused_dtypes(same: Any) -> None:
    with pytest.raises(StructureError, match="datetime64"):
        same(np.array(["2020-01-01"], dtype="datetime64[D]"))


def test_no_axes(same: Any, kind: Any) -> None:
    assert kind(np.array(2.0)) == "Float64"
    (g,) = gradient("x -> x^2", AutoZygote(), np.array(3.0))
    assert isinstance(g, np.ndarray)
    assert g.shape == ()


@pytest.mark.parametrize(
    ("value", "julia_type"),
    [
        (1, "Int64"), (2**80, "BigInt"), (-1, "Int64"), (1.5, "Float64"), (True, "Bool"), (None, "Nothing"),
        (1 + 2j, "ComplexF64"), ("text σ", "String"), (Fraction(1, 3), "Rational{Int64}"),
        ((1, 2.0), "Tuple{Int64, Float64}"), ((), "Tuple{}"), ({"a": 1.0}, "Dict{String, Float64}"),
        ([1.0, None], "Vector{Union{Nothing, Float64}}"), (["a"], "Vector{String}"),
    ],
)  # fmt: skip
def test_plain_values(same: Any, kind: Any, value: Any, julia_type: str) -> None:
    assert kind(value).replace("Complex{Float64}", "ComplexF64") == julia_type
    back = same(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_scalars(same: Any, dtype: str) -> None:
    x = np.dtype(dtype).type(1)
    y = same(x)
    assert y == x
    if dtype in ("float16", "float32", "complex64"):
        assert type(y) is type(x)


def test_lists(same: Any, kind: Any) -> None:
    assert kind([1, 2]) == "Vector{Int64}"
    assert kind([1, 2.5]) == "Vector{Float64}"
    assert kind([np.ones(2), np.ones(3)]) == "Vector{Vector{Float64}}"
    np.testing.assert_array_equal(same([1, 2.5]), [1.0, 2.5])
    assert [list(v) for v in same([np.ones(2), np.zeros(1)])] == [[1.0, 1.0], [0.0]]


def test_special_results() -> None:
    source = {
        "1:3": np.array([1, 2, 3]),
        "1:0.5:2": np.array([1.0, 1.5, 2.0]),
        "[1 2; 3 4]'": np.array([[1, 3], [2, 4]]),
        "view([1 2; 3 4], :, 2)": np.array([2, 4]),
        "transpose([1.0 2.0; 3.0 4.0])": np.array([[1.0, 3.0], [2.0, 4.0]]),
        "Symmetric([1 2; 3 4])": np.array([[1, 2], [2, 4]]),
        "UpperTriangular([1 2; 3 4])": np.array([[1, 2], [0, 4]]),
        "Flux.onehotbatch([1, 2], 1:2)": np.array([[True, False], [False, True]]),
        "trues(2)": np.array([True, True]),
        "reshape(1:6, 2, 3)": np.array([[1, 3, 5], [2, 4, 6]]),
        "reinterpret(Float64, [1.0 + 2.0im])": np.array([1.0, 2.0]),
        "fill(2.0)": np.array(2.0),
        "Any[1.0, 2.0]": np.array([1.0, 2.0]),
        "[1 + 2im]": np.array([1 + 2j]),
        "zeros(0, 3)": np.zeros((0, 3)),
        "SparseArrays.sparse([1, 2], [1, 2], [3.0, 4.0])": np.array([[3.0, 0.0], [0.0, 4.0]]),
    }
    for text, expected in source.items():
        got = julia.function(f"import SparseArrays; () -> {text}")()
        assert isinstance(got, np.ndarray), text
        assert got.dtype == expected.dtype, text
        np.testing.assert_array_equal(got, expected, err_msg=text)


def test_other_results() -> None:
    assert julia.function("() -> (1, 2.0f0, nothing, :name, 'c', 1 => 2)")() == (
        1,
        2.0,
        None,
        "name",
        "c",
        (1, 2),
    )
    assert julia.function("() -> (a = 1, b = (c = 2,))")() == Record(a=1, b=Record(c=2))
    assert julia.function("() -> Dict(:a => [1.0])")()["a"][0] == 1.0
    assert julia.function("() -> Set([1])")() == {1}
    assert julia.function("() -> π")() == np.pi
    assert julia.function("() -> 1//3")() == Fraction(1, 3)
    assert julia.function("() -> [1//2, 1//3]")() == [Fraction(1, 2), Fraction(1, 3)]
    assert isinstance(julia.function("() -> Diagonal([1.0, 2.0])")(), Diagonal)
    assert type(julia.function("() -> 1f0")()) is np.float32


Point = namedtuple("Point", "x y")


@dataclasses.dataclass
class Layer:
    W: Any
    b: Any
    name: str = "layer"


def test_structures_keep_their_shape() -> None:
    (g,) = gradient("p -> p.x^2 + p.y", AutoZygote(), Point(3.0, 4.0))
    assert g == Point(6.0, 1.0)
    assert isinstance(g, Point)
    (g,) = gradient("l -> sum(l.W) * l.b", AutoZygote(), Layer(np.ones((2, 2)), 3.0))
    assert isinstance(g, Record)
    np.testing.assert_array_equal(g.W, np.full((2, 2), 3.0))
    assert g.b == 4.0
    assert g.name is None
    (g,) = gradient("l -> l[1] * l[2][1]", AutoZygote(), [2.0, (3.0, "a")])
    assert g == [3.0, (2.0, None)]
    (g,) = gradient('d -> d["a"]^2', AutoZygote(), {"a": 2.0, "b": 3.0})
    assert g == {"a": 4.0}
    (g,) = gradient("x -> 1.0", AutoZygote(), {"a": 2.0})
    assert g is None
    (g,) = gradient("d -> det(d)", AutoZygote(), Diagonal([2.0, 3.0]))
    assert isinstance(g, Diagonal)
    np.testing.assert_array_equal(g.diag, [3.0, 2.0])
    assert gradient("(A, i) -> sum(A + i)", AutoZygote(), np.ones((2, 2)), I)[0].sum() == 4.0


def test_dtypes_of_gradients() -> None:
    assert type(gradient("x -> x^2", AutoZygote(), np.float32(3))[0]) is np.float32
    assert type(gradient("x -> x^2", AutoZygote(), np.float64(3))[0]) is np.float64
    assert gradient("x -> sum(abs2, x)", AutoZygote(), np.arange(3))[0].dtype == np.float64
    assert gradient("x -> sum(abs2, x)", AutoZygote(), np.arange(3, dtype=np.float32))[0].dtype == np.float32
    assert gradient("z -> abs2(z)", AutoZygote(), 1 + 2j) == (2 + 4j,)
    assert gradient("x -> 3x^2 + 2x + 1", AutoZygote(), Fraction(1, 2)) == (Fraction(5),)


@pytest.mark.parametrize("n", [10, 200_000])
def test_garbage_collectors_do_no_harm(n: int) -> None:
    """Also with arrays so large that Julia works on NumPy's memory."""
    x = np.arange(float(n))
    value, (g,) = withgradient(
        "x -> (Zygote.ignore_derivatives(GC.gc); y = sum(abs2, x); Zygote.ignore_derivatives(GC.gc); y)",
        AutoZygote(),
        x.copy(),
    )
    keep = julia.function("const kept = Any[]; x -> (push!(kept, x); sum(x))")
    keep(x.copy())
    session = julia.session.bridge()
    for _ in range(3):
        gc.collect()
        session.collect()
    np.testing.assert_array_equal(g, 2 * x)
    assert value == np.sum(x**2)


def test_a_call_never_changes_the_argument() -> None:
    for x in (np.ones(3), np.ones(100_000)):
        julia.function("x -> (x[1] = 5.0; nothing)")(x)
        assert x[0] == 1.0


def test_large_arrays_without_copy() -> None:
    x = np.ones(50_000)
    address = julia.function(
        "x -> (FluxBridge.ChainRulesCore.ignore_derivatives(() -> (at[] = Int(pointer(x)))); sum(x))"
        .replace("x ->", "const at = Ref(0); x ->", 1)
    )  # fmt: skip
    gradient(address, AutoZygote(), x)
    assert julia.function("f -> parentmodule(f).at[]")(address) == x.ctypes.data
