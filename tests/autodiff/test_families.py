"""Arrays of other libraries: values and gradients are those of NumPy's arrays, in the library's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from otherarrays import Wrapped

from fluxbridge import Family, gradient, register_family, withgradient
from fluxbridge.autodiff.native import pushforward
from fluxbridge.errors import GradientLostError, MutationError, NotScalarError

rng = np.random.default_rng(0)
A = rng.uniform(0.1, 0.9, (7, 5))
B = rng.uniform(0.1, 0.9, (5, 7))
C = rng.uniform(0.1, 0.9, 5)
M = rng.normal(size=(7, 5))
A3 = rng.uniform(0.1, 0.9, (3, 4, 5))

#: What works on every family: (function, argument).
CASES: dict[str, tuple[Callable[..., Any], Any]] = {
    "sum": (lambda x: np.sum(np.sum(x, axis=0) ** 2), A),
    "sum of all": (lambda x: np.sum(x.sum(axis=(0, 1), keepdims=True) * x), A),
    "sum where": (lambda x: np.sum(np.sum(x, axis=1, where=A > 0.5) ** 2), A),
    "mean": (lambda x: np.sum(np.mean(x, axis=1) ** 2) + np.mean(x) ** 2, A),
    "var and std": (lambda x: np.sum(np.var(x, axis=1)) + np.std(x), A),
    "max and min": (lambda x: np.sum(np.max(x, axis=1) ** 2) + np.max(x) + np.min(x, axis=0).sum(), A),
    "max of equals": (lambda x: np.max(x) + np.sum(np.max(x, axis=1)), np.ones((4, 3))),
    "prod": (lambda x: np.sum(np.prod(x, axis=1)), A),
    "prod with zeros": (lambda x: np.sum(np.prod(x, axis=1)), A * (A > 0.3)),
    "matmul": (lambda x: np.sum((x @ B) ** 2) + np.sum((B @ x) ** 2), A),
    "matmul with vectors": (lambda x: np.sum((x @ C) ** 2) + np.sum((M[:, 0] @ x) ** 2), A),
    "x.T @ x": (lambda x: np.sum((x.T @ x) ** 2), A),
    "dot and inner": (lambda x: np.dot(x, C) @ M[:, 1] + np.sum(np.inner(x, C) ** 2), A),
    "tensordot": (lambda x: np.sum(np.tensordot(x, B, ([0, 1], [1, 0])) ** 2), A),
    "outer": (lambda x: np.sum(np.outer(x[:, 0], C) ** 2), A),
    "vdot": (lambda x: np.vdot(x, M), A),
    "einsum": (lambda x: np.sum(np.einsum("ij,jk->ik", x, B) ** 2), A),
    "three axes": (lambda x: np.sum((x @ B[:, :2]) ** 2), A3),
    "transposes": (lambda x: np.sum(np.swapaxes(x, 0, 1) * B + np.moveaxis(x, 0, 1) * B + x.T), A),
    "reshape": (lambda x: np.sum(np.ravel(x) ** 2) + np.sum(np.reshape(x, (7, 5, 1)) ** 3), A),
    "new axes": (lambda x: np.sum(x[:, None, :] * x[None]) + np.sum(np.squeeze(np.expand_dims(x, 0))), A),
    "flip, roll": (lambda x: np.sum(np.flip(x, 0) * M + np.roll(x, 2, 0) * M), A),
    "rot90": (lambda x: np.sum(np.rot90(x) * B), A),
    "broadcasting": (lambda x: np.sum(np.broadcast_to(x[0], (7, 5)) * M) + np.sum((M + x[0]) ** 2), A),
    "concatenate": (lambda x: np.sum(np.concatenate([x, x * 2], axis=1) ** 2), A),
    "stack": (lambda x: np.sum(np.stack([x, x * 2], axis=1) ** 2), A),
    "where": (lambda x: np.sum(np.where(x > 0.5, x**2, 3 * x)), A),
    "slices": (lambda x: np.sum(x[1:5:2, ::-1] ** 2) + x[2, 3] + np.sum(x[1]), A),
    "a list of positions": (lambda x: np.sum(x[:, [0, 2]] ** 2), A),
    "elements": (lambda x: sum(x[i, 0] * x[i, 1] for i in range(3)), A),
    "astype": (lambda x: np.sum(x.astype(np.float32) ** 2), A),
    "clip": (lambda x: np.sum(np.clip(x, 0.2, 0.6) ** 2), A),
    "cumsum, diff": (lambda x: np.sum(np.cumsum(x, axis=0) ** 2) + np.sum(np.diff(x, axis=0) ** 2), A),
    "tile, repeat": (lambda x: np.sum(np.tile(x, (2, 1)) ** 2) + np.sum(np.repeat(x, 2, axis=0) ** 3), A),
    "tril, diag": (lambda x: np.sum(np.tril(x) ** 2) + np.sum(np.diag(x[0]) * M[:5]), A),
    "norm": (lambda x: np.linalg.norm(x) + np.sum(np.linalg.norm(x, axis=1)), A),
    "powers": (lambda x: np.sum(x**3 + 2**x + x**0.5), A),
    "elementwise": (lambda x: np.sum(np.tanh(9 * x) + np.hypot(x, 2.0) + np.maximum(x, 0.5)), A),
    "whole numbers": (lambda x: np.sum(x * 2.5), np.arange(12).reshape(4, 3)),
    "complex": (lambda x: np.sum(np.abs(x * 1j + 2) ** 2), A),
    "float32": (lambda x: np.sum(np.exp(x)), A.astype(np.float32)),
    "second order": (lambda x: np.sum(gradient(lambda z: np.sum(np.tanh(z) ** 3), x)[0] ** 2), A),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_numpy(name: str) -> None:
    f, x = CASES[name]
    value, (slope,) = withgradient(f, x)
    theirs, (their_slope,) = withgradient(f, Wrapped(x))
    assert type(their_slope) is Wrapped
    assert their_slope.dtype == slope.dtype
    np.testing.assert_allclose(float(theirs), value, rtol=1e-6)
    np.testing.assert_allclose(their_slope.array, slope, rtol=1e-5, atol=1e-12)


def test_they_mix_with_numbers_and_arrays() -> None:
    assert gradient(lambda a: np.sum(Wrapped(A) * a), 2.0) == pytest.approx((A.sum(),))
    (by_w,) = gradient(lambda w: np.sum((Wrapped(A) @ w) ** 2), C)
    np.testing.assert_allclose(by_w.array, gradient(lambda w: np.sum((A @ w) ** 2), C)[0])
    model = {"w": Wrapped(C), "b": 1.0}
    (slopes,) = gradient(lambda m: np.sum((A @ m["w"] + m["b"]) ** 2), model)
    expected = gradient(lambda m: np.sum((A @ m["w"] + m["b"]) ** 2), {"w": C, "b": 1.0})[0]
    np.testing.assert_allclose(slopes["w"].array, expected["w"])
    assert slopes["b"] == pytest.approx(expected["b"])


def test_the_tangent_is_of_the_family() -> None:
    y, dy = pushforward(lambda x: np.tanh(x) * x, (Wrapped(A),), (Wrapped(M),))
    expected = pushforward(lambda x: np.tanh(x) * x, (A,), (M,))[1]
    np.testing.assert_allclose(dy.array, expected)
    assert type(y) is Wrapped


@pytest.mark.once  # it changes a constant
def test_later_changes_of_a_constant_and_of_an_argument_do_not_count() -> None:
    held = Wrapped(C.copy())

    def f(x: Any) -> Any:
        y = np.sum(x * held)
        held[0] = 100.0
        return y

    (slope,) = gradient(f, Wrapped(C))
    np.testing.assert_allclose(slope.array, C)
    argument = Wrapped(C.copy())

    def g(x: Any) -> Any:
        y = np.sum(x * x)
        argument[0] = 100.0
        return y

    np.testing.assert_allclose(gradient(g, argument)[0].array, 2 * C)


def test_a_gradient_has_memory_of_its_own() -> None:
    held = Wrapped(C.copy())
    (slope,) = gradient(lambda x: np.sum(x * held), Wrapped(C))
    slope[0] = 7.0
    assert held.array[0] == C[0]


def test_refusals_name_the_way_out() -> None:
    x = Wrapped(A)

    def changes(x: Any) -> Any:
        x += 1.0
        return np.sum(x)

    with pytest.raises(MutationError, match="y \\+= x"):
        gradient(changes, x)
    with pytest.raises(GradientLostError, match="array of otherarrays"):
        gradient(lambda x: np.sum(np.asarray(x)), x)
    with pytest.raises(NotScalarError, match=r"shape \(7, 5\)"):
        gradient(lambda x: x * 2, x)
    with pytest.raises(GradientLostError, match="one axis or all"):
        gradient(lambda x: np.sum(np.max(x, axis=(0, 1))), Wrapped(A3))


def test_a_class_registers_its_family() -> None:
    class Own(Wrapped):
        pass

    class Other:
        pass

    made = register_family(Own, Family("my arrays"))
    assert made.name == "my arrays"
    with pytest.raises(GradientLostError, match="an array of my arrays"):
        gradient(lambda x: np.sum(np.asarray(x)), Own(A))
    with pytest.raises(TypeError, match="__array_ufunc__ and __array_function__"):
        register_family(Other)


def test_import_loads_no_other_library() -> None:
    code = "import sys, fluxbridge, fluxbridge.flux; print({'dask', 'cupy'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


# -- CuPy, where it and a GPU are -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cupy() -> Any:
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    try:
        cupy.zeros(1)
    except Exception as error:
        pytest.skip(f"CuPy has no GPU: {error}")
    return cupy


@pytest.mark.parametrize("name", CASES)
def test_gradients_on_the_gpu(cupy: Any, name: str) -> None:
    f, x = CASES[name]

    def on_device(f: Callable[..., Any]) -> Callable[..., Any]:
        """f with its constants on the device: CuPy does not mix with NumPy's arrays."""
        moved = {k: cupy.asarray(v) for k, v in {"A": A, "B": B, "C": C, "M": M}.items()}
        return type(f)(f.__code__, {**globals(), **moved})  # type: ignore[call-arg]

    value, (slope,) = withgradient(f, x)
    theirs, (their_slope,) = withgradient(on_device(f), cupy.asarray(x))
    assert isinstance(their_slope, cupy.ndarray)
    np.testing.assert_allclose(float(theirs), value, rtol=1e-6)
    np.testing.assert_allclose(cupy.asnumpy(their_slope), slope, rtol=1e-5, atol=1e-12)
