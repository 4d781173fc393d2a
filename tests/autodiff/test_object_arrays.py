"""Arrays of objects, which NumPy makes of lists of traced numbers and of np.asarray(x): right, or refused.

Every row is a call with a list or an array of traced numbers. Its value inside of a gradient is that of
the plain call, or the error is one of ours; the advice of that error is followed as well.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

from fluxbridge import gradient, pushforward, withgradient
from fluxbridge.errors import FluxbridgeError, GradientLostError, MutationError

S = 1.3
V = np.array([0.5, 1.5, 0.7])
M = np.arange(1.0, 10.0).reshape(3, 3)

#: What may be done to an array; `a` holds traced numbers, real ones or complex ones.
QUESTIONS = {
    "imag": lambda a: np.sum(a.imag),
    "real": lambda a: np.sum(a.real),
    "np.imag": lambda a: np.sum(np.imag(a)),
    "np.real": lambda a: np.sum(np.real(a)),
    "conj": lambda a: np.sum(a.conj().imag),
    "np.conj": lambda a: np.sum(np.real(a * np.conj(a))),
    "norm": np.linalg.norm,
    "norm of a column": lambda a: np.linalg.norm(a[:, None]),
    "norm 1": lambda a: np.linalg.norm(a, 1),
    "var": np.var,
    "std": np.std,
    "a.var": lambda a: a.var(),
    "a.std": lambda a: a.std(ddof=1),
    "nanvar": np.nanvar,
    "correlate": lambda a: np.sum(np.abs(np.correlate(a, a))),
    "vdot": lambda a: np.real(np.vdot(a, a)),
    "vecdot": lambda a: np.real(np.vecdot(a, a)),
    "inner": lambda a: np.real(np.inner(a, a)),
    "dot": lambda a: np.real(a.dot(a)),
    "cov": lambda a: np.sum(np.real(np.cov(np.stack([a, a * a])))),
    "abs": lambda a: np.sum(np.abs(a)),
    "angle": lambda a: np.sum(np.angle(a)),
    "iscomplexobj": lambda a: np.sum(np.abs(a)) * (2.0 if np.iscomplexobj(a) else 1.0),
    "isreal": lambda a: np.sum(np.abs(a)) * np.sum(np.isreal(a)),
    "iscomplex": lambda a: np.sum(np.abs(a)) * np.sum(np.iscomplex(a)),
    "mean": lambda a: np.abs(np.mean(a)),
    "sum": lambda a: np.abs(a.sum()),
    "prod": lambda a: np.abs(a.prod()),
    "cumsum": lambda a: np.sum(np.abs(np.cumsum(a))),
    "T": lambda a: np.sum(np.abs(a.T)),
    "real_if_close": lambda a: np.sum(np.abs(np.real_if_close(a))),
    "element": lambda a: np.abs(a[0]) * np.real(a[1]),
    "sort": lambda a: np.abs(np.sort(a)[1]),
    "round": lambda a: np.abs(np.sum(np.round(a, 1))),
    "max": lambda a: np.abs(np.max(a)),
    "outer": lambda a: np.sum(np.abs(np.outer(a, a))),
    "times 1j": lambda a: np.sum((a * 1j).imag),
    "times complex array": lambda a: np.sum((a * np.array([1j, 2.0])).imag),
    "plus 1j": lambda a: np.sum((a + 1j).imag),
    "exp of 1j": lambda a: np.sum(np.exp(1j * a).imag),
    "times a traced complex": lambda a: np.sum(np.imag(a * (a[0] * 1j))),
    "roots of negative ones": lambda a: np.sum(((a * a) ** 0.5).real),
    "item": lambda a: np.abs(a.item(0)),
    "flat": lambda a: sum(abs(v) for v in a.flat),
    "fft": lambda a: np.sum(np.abs(np.fft.fft(a))),
}

ARRAYS = {
    "real": lambda x: np.array([np.cos(x), x * x]),
    "complex": lambda x: np.array([np.cos(x), -1j * np.sin(x)]),
    "made complex": lambda x: np.array([np.cos(x), np.sin(x)]) * np.array([1.0, -1j]),
    "asarray": lambda x: np.asarray(np.stack([np.cos(x), x * x])),
    "asarray of complex": lambda x: np.asarray(np.stack([np.cos(x), x * 1j])),
    "array of a row": lambda x: np.array([np.stack([x, 2 * x])])[0],
    "concatenated": lambda x: np.r_[x, x * 2],
    "full": lambda x: np.full(2, x) * np.array([1.0, 2.0]),
}


def differences(f, x, h=1e-6):
    return (float(f(x + h)) - float(f(x - h))) / (2 * h)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.filterwarnings("ignore")
def test_the_same_value_or_an_error_of_ours(array, question):
    def f(x):
        return QUESTIONS[question](ARRAYS[array](x))

    try:
        want = float(f(S))
    except TypeError:
        pytest.skip("NumPy refuses it as well")
    try:
        value, (g,) = withgradient(f, S)
    except FluxbridgeError:
        return
    assert value == pytest.approx(want, rel=1e-12)
    assert (0.0 if g is None else g) == pytest.approx(differences(f, S), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("question", ["var", "norm", "mean", "sum", "abs", "vdot", "cumsum", "element", "T"])
def test_real_numbers_are_taken(question):
    withgradient(lambda x: QUESTIONS[question](ARRAYS["real"](x)), S)


@pytest.mark.parametrize("question", ["imag", "real", "norm", "var", "std", "correlate", "np.imag", "vdot"])
def test_the_advice_for_complex_numbers_works(question):
    def f(x, stack=np.array):
        return QUESTIONS[question](stack([np.cos(x), -1j * np.sin(x)]))

    with pytest.raises(GradientLostError, match=r"np\.stack"):
        gradient(f, S)
    value, (g,) = withgradient(lambda x: f(x, np.stack), S)
    assert value == pytest.approx(f(S))
    assert (g or 0.0) == pytest.approx(differences(f, S), abs=1e-6)


# -- calls that NumPy answers in its own words -----------------------------------------------------------

#: name: (what is called, the same as the error says to write it, argument)
MENDED = {
    "np.cov": (
        lambda x: np.cov([x, x * x, 2 * x + 1], [x, 1.0, 3.0])[0, 1],
        lambda x: np.cov(np.stack([x, x * x, 2 * x + 1]), np.stack([x, 1.0, 3.0]))[0, 1],
        S,
    ),
    "np.interp": (
        lambda x: np.interp(0.5, [0.0, 1.0], [x, 2.0]),
        lambda x: np.interp(0.5, [0.0, 1.0], np.stack([x, 2.0])),
        S,
    ),
    "np.interp ": (
        lambda x: np.interp([x], [0.0, 2.0], [1.0, 2.0])[0],
        lambda x: np.interp(np.stack([x]), [0.0, 2.0], [1.0, 2.0])[0],
        S,
    ),
    "np.stack": (
        lambda x: np.sum(np.bincount([0, 1, 1], weights=[x, 2.0, x]) * V[:2]),
        lambda x: np.sum(np.bincount([0, 1, 1], weights=np.stack([x, 2.0, x])) * V[:2]),
        S,
    ),
    "np.angle": (
        lambda x: np.sum(np.angle([x, 2.0])) + x,
        lambda x: np.sum(np.angle(np.stack([x, 2.0]))) + x,
        S,
    ),
    "np.quantile": (
        lambda x: np.quantile([x, 1.0, 3.0], 0.4),
        lambda x: np.quantile(np.stack([x, 1.0, 3.0]), 0.4),
        S,
    ),
    "np.where": (
        lambda x: np.sum(np.divide(x, V, where=V > 0.6, out=np.zeros(3))),
        lambda x: np.sum(np.where(V > 0.6, np.divide(x, V), np.zeros(3))),
        V,
    ),
    "out=": (
        lambda x: np.sum(np.multiply(x, 3, out=np.zeros(3))),
        lambda x: np.sum(np.multiply(x, 3)),
        V,
    ),
    "fix": (lambda x: np.fix(x, np.zeros(())) + x, lambda x: np.fix(x) + x, S),
}


@pytest.mark.parametrize("name", MENDED)
def test_errors_name_the_function_and_their_advice_works(name):
    wrong, right, x = MENDED[name]
    with pytest.raises(FluxbridgeError, match=name.strip().replace(".", r"\.")):
        withgradient(wrong, x)
    value, _ = withgradient(right, x)
    assert value == pytest.approx(wrong(x))


WORKS = {
    "x.flat[i]": (lambda x: x.flat[1] ** 2, V),
    "x.flat[a:b]": (lambda x: np.sum(x.flat[2:] ** 2), M),
    "x.flat of a list": (lambda x: np.sum(x.flat[[0, 4]] * 2), M),
    "len, next, coords": (lambda x: len(x.flat) * next(x.flat) + x.flat.coords[0], M),
    "x.flat.copy, base": (lambda x: np.sum(x.flat.copy() ** 2) + np.sum(x.flat.base), M),
    "np.array of x.flat": (lambda x: np.sum(np.array(x.flat) ** 2), M),
    "element of asarray": (lambda x: np.asarray(x)[1] * np.asarray(x)[2], V),
    "slice of asarray": (lambda x: np.sum(np.asarray(x)[::2] * x[1:]), V),
    "asarray in a sum": (lambda x: np.sum(np.asarray(x) ** 2), V),
    "asarray @ x": (lambda x: np.sum(np.asarray(x).T @ x), M),
}


@pytest.mark.parametrize("name", WORKS)
def test_works(name):
    f, x = WORKS[name]
    value, (g,) = withgradient(f, x)
    assert value == pytest.approx(f(x))
    for k in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[k] = 1e-6
        assert g[k] == pytest.approx((f(x + e) - f(x - e)) / 2e-6, abs=1e-5)


def test_x_flat_cannot_be_written_into():
    with pytest.raises(MutationError, match=r"np\.where"):
        gradient(lambda x: x.flat.__setitem__(0, 1.0), V)


@pytest.mark.parametrize(
    ("f", "want"),
    [
        (lambda x, n: np.sum(np.tile(x, n)), 5.4),
        (lambda x, n: np.sum(np.tile(V, n)) * x[0], 2.7),
        (lambda x, n: np.sum(np.tile(x, (n, 2))), 10.8),
        (lambda x, n: np.sum(np.pad(x, n)), 2.7),
        (lambda x, n: np.sum(np.pad(x, ((n, n),), mode="edge")), 5.1),
        (lambda x, n: np.sum(np.tril(np.outer(x, x), n - 2)), 5.14),
    ],
)
def test_whole_numbers_among_the_arguments_are_options(f, want):
    value, (g, none) = withgradient(f, V, 2)
    assert value == pytest.approx(want)
    assert g is not None and none is None


@pytest.mark.parametrize("f", [np.var, np.std, np.nanvar, np.nanstd])
def test_ddof_has_a_derivative(f):
    value, (g, of_ddof) = withgradient(lambda x, n: f(x, ddof=n), V, 1.0)
    assert value == pytest.approx(f(V, ddof=1))
    np.testing.assert_allclose(g, gradient(lambda x: f(x, ddof=1), V)[0])
    assert of_ddof == pytest.approx(differences(lambda n: f(V, ddof=n), 1.0), rel=1e-5)


def test_an_option_with_a_derivative_is_refused():
    with pytest.raises(GradientLostError, match="axis"):
        gradient(lambda x, a: np.sum(np.sum(x, axis=a)), M, 1.0)


def product(A):
    """The rule that the error about sparse matrices shows."""
    from fluxbridge import adjoint

    return adjoint(lambda x: (A @ x, lambda dy: (A.T @ dy,)))


def test_sparse_matrices():
    sparse = pytest.importorskip("scipy.sparse")
    A = sparse.csr_matrix(M)
    for f, x in (
        (lambda x: np.sum(A @ x), V),
        (lambda x: np.sum(A @ x), M),
        (lambda x: np.sum(x @ A), V),
        (lambda x: np.sum(A * x), V),
        (lambda x: np.sum(A.dot(x)), V),
        (lambda x: np.sum(A + x), M),
        (lambda x: (A * x).sum(), S),
        (lambda x: sparse.csr_array(M) @ x, V),
        (lambda x: sparse.csr_matrix(x).sum(), M),
    ):
        with pytest.raises(GradientLostError, match=r"toarray\(\)"):
            gradient(f, x)
    for right in (lambda x: np.sum(A.toarray() @ x), lambda x: np.sum(product(A)(x))):
        np.testing.assert_allclose(gradient(right, V)[0], M.sum(axis=0))


def test_complaints_of_the_users_own_code_stay():
    def mine(row):
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine") as caught:
        gradient(lambda x: np.sum(np.apply_along_axis(mine, 0, np.array([x, x]))), S)
    assert not isinstance(caught.value, FluxbridgeError)


@pytest.mark.skipif(sys.gettrace() is not None, reason="timing under a debugger or coverage")
def test_asarray_beside_a_traced_array_is_taken_up_whole():
    x = np.linspace(0.0, 1.0, 100_000)
    start = time.process_time()
    (g,) = gradient(lambda x: np.asarray(x) @ x, x)
    assert time.process_time() - start < 3.0  # 0.06 s on a quiet machine
    np.testing.assert_allclose(g, 2 * x)


@pytest.mark.parametrize(
    "pick",
    [
        lambda x, s: np.asarray(x)[0],
        lambda x, s: list(np.asarray(x))[1],
        lambda x, s: s * np.asarray(x)[0],
        lambda x, s: s * 0.5 - np.asarray(x)[0],
        lambda x, s: np.asarray(x)[0] ** 2 + s,
    ],
)
def test_elements_of_arrays_are_numbers_of_numpys(pick):
    """So a division by zero is Inf with them, where it is an error with Python's numbers."""

    def f(x, s):
        y = pick(x, s)
        if not isinstance(y, np.float64):
            return s
        try:
            return 1.0 / (y - y) + x[0]
        except ZeroDivisionError:
            return s * 3.0

    with np.errstate(all="ignore"):
        assert f(np.array([1.5, 2.0]), 0.5) == np.inf
        assert withgradient(f, np.array([1.5, 2.0]), 0.5).val == np.inf
        assert pushforward(lambda x: f(x, 0.5), np.array([1.5, 2.0]))(np.ones(2)) is not None
