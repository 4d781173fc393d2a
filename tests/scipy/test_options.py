"""Every option of the mirrored functions of SciPy is honoured inside of a gradient, or refused by name."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

scipy = pytest.importorskip("scipy")
pytest.importorskip("scipy.linalg")
pytest.importorskip("scipy.special")

from optionsamples import At, Refused, Row, differentiable_options, hold, row, trials, unlisted  # noqa: E402

from fluxbridge.autodiff.native import withgradient  # noqa: E402
from fluxbridge.autodiff.primitive import plain  # noqa: E402
from fluxbridge.errors import NoRuleError  # noqa: E402
from fluxbridge.scipy import integrate, linalg, signal, special, stats  # noqa: E402

rng = np.random.default_rng(8)
A = rng.normal(size=(3, 3)) + 3 * np.eye(3)
Z = A + 1j * rng.normal(size=(3, 3))
S = A @ A.T + np.eye(3)
H = Z @ Z.conj().T + np.eye(3)
SKEWED = S + 0.3 * rng.normal(size=(3, 3))  # positive definite in either triangle
HSKEWED = H + 0.1 * rng.normal(size=(3, 3)) + 0.1j * rng.normal(size=(3, 3))
B, M = rng.normal(size=3), rng.normal(size=(3, 2))
TALL, WIDE = rng.normal(size=(5, 3)), rng.normal(size=(3, 5))
STACK = rng.normal(size=(2, 3, 3)) + 3 * np.eye(3)
BAND = np.array([[0.0, 0.3, 0.4, 0.1], [4.0, 5.0, 6.0, 4.0], [0.2, 0.7, 0.1, 0.0]])
V, K = rng.normal(size=7), rng.normal(size=3)
X, K2 = rng.normal(size=(5, 4)), rng.normal(size=(3, 2))
LOGM = [True, Refused(False)]
FINITE = {"check_finite": [False, At(True, (np.where(np.eye(3) > 0, np.nan, A),))]}
OVERWRITE = {"overwrite_a": True, **FINITE}
FINITE_B = {"check_finite": False, "overwrite_b": True}
KINDS = [
    "general",
    "diagonal",
    "tridiagonal",
    "banded",
    "upper triangular",
    "lower triangular",
    "sym",
    "her",
    "pos",
]


def both(kind: str, *args: Any) -> list[At]:
    """The assumption in both triangles."""
    return [At(kind, args, {"lower": low}) for low in (False, True)]


def signed(result: Any) -> Any:
    """Vectors whose signs do not jump: the first entry of each is positive."""
    if not isinstance(result, tuple):
        return result
    if len(result) == 2:
        return result[0], result[1] * np.sign(result[1][:1])
    u, s, vh = result
    return u * np.sign(u[:1]), s, vh * np.sign(vh[:, :1])


def matrix(function: Any) -> Row:
    return row(function, A @ A * 0.1 + np.eye(3), disp=LOGM)


LINALG: dict[str, Row] = {
    "solve": row(
        linalg.solve,
        A,
        B,
        lower=True,
        overwrite_a=True,
        **FINITE_B,
        transposed=[True, At(True, (Z, B))],
        assume_a=[
            *KINDS[:6],
            *both("sym", SKEWED, M),
            *both("her", HSKEWED, M),
            *both("sym", HSKEWED, B),
            *both("pos", SKEWED, B),
            *both("pos", HSKEWED, B),
            At("nonsense"),
        ],
    ),
    "inv": row(
        linalg.inv,
        A,
        **OVERWRITE,
        lower=[True, At(True, (SKEWED,), {"assume_a": "pos"})],
        assume_a=[
            "general",
            "upper triangular",
            "lower triangular",
            "diagonal",
            *both("sym", SKEWED),
            *both("her", HSKEWED),
            *both("pos", SKEWED),
            *both("pos", HSKEWED),
        ],
    ),
    "solve_triangular": row(
        linalg.solve_triangular,
        A,
        M,
        trans=[0, 1, 2, "N", "T", At("C", (Z, B))],
        lower=True,
        unit_diagonal=True,
        **FINITE_B,
    ),
    "solve_banded": row(linalg.solve_banded, (1, 1), BAND, rng.normal(size=4), overwrite_ab=True, **FINITE_B),
    "solveh_banded": row(
        linalg.solveh_banded,
        BAND[:2],
        rng.normal(size=4),
        overwrite_ab=True,
        **FINITE_B,
        lower=At(True, (BAND[1:], rng.normal(size=4))),
    ),
    "solve_sylvester": row(linalg.solve_sylvester, A, S, A),
    "solve_continuous_lyapunov": row(linalg.solve_continuous_lyapunov, A, S),
    "solve_discrete_lyapunov": row(
        linalg.solve_discrete_lyapunov, A * 0.1, S, method=["direct", "bilinear", "other"]
    ),
    "det": row(linalg.det, A, **OVERWRITE),
    "norm": row(
        linalg.norm, A, ord=[1, 2, -2, "fro", "nuc", np.inf], axis=[0, (0, 1)], keepdims=True, **FINITE
    ),
    "pinv": row(
        linalg.pinv,
        TALL,
        atol=[1e-6, 1.5],
        rtol=[1e-8, 0.5, At(0.1, others={"atol": 1.2})],
        return_rank=[True, At(True, others={"rtol": 0.5})],
        check_finite=False,
    ),
    "cholesky": row(
        linalg.cholesky, SKEWED, lower=[True, At(True, (HSKEWED,)), At(False, (HSKEWED,))], **OVERWRITE
    ),
    "cho_factor": row(
        linalg.cho_factor, SKEWED, lower=[True, At(True, (HSKEWED,)), At(False, (HSKEWED,))], **OVERWRITE
    ),
    "cho_solve": row(
        lambda a, b, lower=False, **o: linalg.cho_solve((a, lower), b, **o), S, B, lower=True, **FINITE_B
    ),
    "lu_factor": row(linalg.lu_factor, A, **OVERWRITE),
    "lu_solve": row(
        lambda a, b, **o: linalg.lu_solve(linalg.lu_factor(a), b, **o), A, B, trans=[0, 1, 2], **FINITE_B
    ),
    "lu": row(linalg.lu, A, permute_l=True, p_indices=True, **OVERWRITE),
    "qr": row(
        linalg.qr,
        A,
        lwork=100,
        mode=[
            "r",
            "economic",
            Refused("raw"),
            At("economic", (TALL,)),
            At("r", (TALL,)),
            At("full", (WIDE,)),
        ],
        pivoting=Refused(True),
        **OVERWRITE,
    ),
    "svd": row(
        linalg.svd,
        A,
        view=signed,
        full_matrices=[False, At(False, (TALL,)), At(False, (WIDE,))],
        compute_uv=False,
        lapack_driver=["gesvd", "gesdd"],
        **OVERWRITE,
    ),
    "svdvals": row(linalg.svdvals, TALL, overwrite_a=True, check_finite=False),
    "polar": row(linalg.polar, TALL, side=["left", "right", At("left", (WIDE,)), At("left", (Z,))]),
    "eigh": row(
        linalg.eigh,
        SKEWED,
        view=signed,
        b=[S, At(S, others={"lower": False})],
        lower=False,
        eigvals_only=True,
        overwrite_a=True,
        overwrite_b=True,
        type=[1, Refused(2)],
        **FINITE,
        subset_by_index=[[0, 1], At([1, 2], others={"b": S})],
        subset_by_value=Refused([0, 5]),
        driver=["ev", "evd", "evr", "evx", At("gvx", others={"b": S})],
    ),
    "eigvalsh": row(
        linalg.eigvalsh,
        SKEWED,
        b=[S],
        lower=False,
        overwrite_a=True,
        overwrite_b=True,
        type=[1, Refused(2)],
        **FINITE,
        subset_by_index=[[0, 1]],
        subset_by_value=Refused([0, 5]),
        driver=["ev", "evd"],
    ),
    "eig": row(
        linalg.eig,
        A,
        b=Refused(S),
        left=Refused(True),
        right=False,
        overwrite_a=True,
        overwrite_b=True,
        **FINITE,
        homogeneous_eigvals=Refused(True),
    ),
    "eigvals": row(linalg.eigvals, A, b=Refused(S), **OVERWRITE, homogeneous_eigvals=Refused(True)),
    **{
        name: matrix(getattr(linalg, name))
        for name in ("expm", "logm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm")
    },
    "sqrtm": row(linalg.sqrtm, S, disp=LOGM, blocksize=32),
    "expm_frechet": row(
        linalg.expm_frechet,
        A * 0.3,
        S,
        method=["SPS", "blockEnlarge", "other"],
        compute_expm=False,
        check_finite=False,
    ),
    "fractional_matrix_power": row(linalg.fractional_matrix_power, S, 0.4),
    "block_diag": row(linalg.block_diag, A, M),
    "toeplitz": row(linalg.toeplitz, V, r=K),
    "hankel": row(linalg.hankel, V, r=K),
    "circulant": row(linalg.circulant, V),
    "solve_toeplitz": row(linalg.solve_toeplitz, np.array([4.0, 1.0, 0.5]), B, check_finite=False),
    "matmul_toeplitz": row(linalg.matmul_toeplitz, K, M, check_finite=True, workers=1),
    "khatri_rao": row(linalg.khatri_rao, A, S),
}

MODES = ["full", "same", "valid", "other"]
SIGNAL: dict[str, Row] = {
    **{
        name: row(getattr(signal, name), V, K, mode=MODES, method=["direct", "fft"])
        for name in ("convolve", "correlate")
    },
    **{
        name: row(
            getattr(signal, name),
            X,
            K2,
            mode=MODES,
            axes=[0, (0, 1), At(1, (X, K2[:1])), At(0, (X, K2[:, :1])), At(0, (X, X[:2]))],
        )
        for name in ("fftconvolve", "oaconvolve")
    },
    **{
        name: row(
            getattr(signal, name),
            X,
            K2,
            mode=[*MODES, At("valid", (K2, X)), At("same", (K2, X))],
            boundary=[Refused("wrap"), Refused("symm")],
            fillvalue=Refused(1.0),
        )
        for name in ("convolve2d", "correlate2d")
    },
    "lfilter": row(signal.lfilter, K, np.array([1.0, 0.4]), X, axis=0, zi=Refused(np.zeros((5, 2)))),
}

P = np.array([0.3, 1.4, 2.6])
SPECIAL: dict[str, Row] = {
    "comb": row(special.comb, P + 3, P, exact=True, repetition=True),
    "factorial": row(
        special.factorial,
        P,
        exact=True,
        extend=["zero", At("zero", (-P,)), At("complex", (-P,)), At("complex", (P + 0.5j,))],
    ),
    "lambertw": row(special.lambertw, P, k=[-1, 1], tol=1e-4),
    "log_softmax": row(special.log_softmax, X, axis=[0, (0, 1)]),
    "softmax": row(special.softmax, X, axis=[0, (0, 1)]),
    "logsumexp": row(
        special.logsumexp,
        X,
        axis=[0, (0, 1)],
        b=[np.abs(X), -1.5, At(X, others={"return_sign": True})],
        keepdims=[True, At(True, others={"axis": 1})],
        return_sign=True,
    ),
    "multigammaln": row(special.multigammaln, P + 3, 2),
    "polygamma": row(special.polygamma, 2, P),
    "sinc": row(special.sinc, P),
    **{f"spherical_{k}n": row(getattr(special, f"spherical_{k}n"), 2, P, derivative=True) for k in "jyik"},
    "zeta": row(special.zeta, np.array([2, 3, 4]), P, out=Refused(np.empty(3))),
}

T = np.linspace(0.0, 1.0, 4)


def decay(y: Any, t: Any, k: float) -> Any:
    return -k * y


def odeint(*args: Any, **options: Any) -> Any:
    return integrate.odeint(*args, **{"rtol": 1e-11, "atol": 1e-11, **options})


odeint.__signature__ = inspect.signature(integrate.odeint)  # type: ignore[attr-defined]


INTEGRATE: dict[str, Row] = {
    "trapezoid": row(
        integrate.trapezoid, X, x=[np.array([0.0, 1.0, 1.5, 3.0]), np.cumsum(np.abs(X), 1)], dx=0.3, axis=0
    ),
    "cumulative_trapezoid": row(
        integrate.cumulative_trapezoid, X, x=np.array([0.0, 1.0, 1.5, 3.0]), dx=0.3, axis=0, initial=[0, 1.0]
    ),
    "simpson": row(
        integrate.simpson, X, x=np.array([0.0, 1.0, 1.5, 3.0]), dx=0.3, axis=[0, At(1, (X[:, :3],))]
    ),
    "quad": row(
        lambda a, b, k, **o: integrate.quad(lambda x: np.exp(-k * x), a, b, **o)[0],
        0.2,
        1.4,
        0.7,
        full_output=Refused(1),
        epsabs=1e-10,
        epsrel=1e-10,
        limit=30,
        points=[[0.5, 1.0]],
        weight=Refused("cos"),
        wvar=[2.0],
        wopts=[],
        maxp1=40,
        limlst=40,
        complex_func=Refused(True),
    ),
    "quad-args": row(
        integrate.quad,
        lambda x, k: np.exp(-k * x),
        0.2,
        1.4,
        args=[(0.7,), 0.7],
        full_output=Refused(1),
        epsabs=1e-10,
        epsrel=1e-10,
        limit=30,
        points=[[0.5, 1.0]],
        weight=Refused("cos"),
        wvar=[],
        wopts=[],
        maxp1=40,
        limlst=40,
        complex_func=Refused(True),
        view=lambda r: r[0],
    ),
    "odeint": row(
        odeint,
        decay,
        np.array([1.0, 2.0]),
        T,
        (0.7,),
        Dfun=Refused(lambda y, t, k: -k * np.eye(2)),
        col_deriv=Refused(1),
        full_output=Refused(1),
        ml=At(0, others={"mu": 0}),
        mu=At(0, others={"ml": 0}),
        rtol=1e-11,
        atol=1e-11,
        tcrit=[np.array([0.5])],
        h0=1e-7,
        hmax=0.1,
        hmin=1e-9,
        ixpr=0,
        mxstep=5000,
        mxhnil=1,
        mxordn=8,
        mxords=4,
        printmessg=0,
        tfirst=At(True, (lambda t, y, k: -k * y, np.array([1.0, 2.0]), T, (0.7,))),
    ),
}

ROWS = {**LINALG, **SIGNAL, **SPECIAL, **INTEGRATE}
TRIALS = list(trials(ROWS))


@pytest.mark.parametrize("trial", TRIALS, ids=repr)
def test_option_is_honoured_or_refused(trial):
    hold(trial, loose=64.0)


@pytest.mark.parametrize("trial", [t for t in TRIALS if differentiable_options(t)], ids=repr)
def test_what_is_given_as_an_option_is_differentiated_or_refused(trial):
    hold(trial, also_options=True, loose=64.0)


def test_every_option_has_an_entry():
    assert unlisted(ROWS) == []


def test_every_function_has_a_row():
    for area in (linalg, signal, special, integrate):
        ours = {n for n in area.__all__ if not isinstance(getattr(scipy.special, n, None), np.ufunc)}
        assert ours - set(ROWS) - {"softplus"} == set()


# -- distributions ---------------------------------------------------------------------------------

SHAPES = {
    "gamma": (2.3,),
    "invgamma": (2.3,),
    "beta": (1.4, 2.2),
    "t": (4.5,),
    "chi2": (3.4,),
    "lognorm": (0.7,),
    "poisson": (2.6,),
    "bernoulli": (0.3,),
    "binom": (7, 0.3),
    "geom": (0.3,),
}
BAD = {
    "gamma": (-1.0,),
    "invgamma": (-1.0,),
    "beta": (-1.0, 2.0),
    "t": (-1.0,),
    "chi2": (-1.0,),
    "lognorm": (-0.7,),
    "poisson": (-2.6,),
    "bernoulli": (1.3,),
    "binom": (7, 1.3),
    "geom": (1.3,),
}
POINT = np.array([0.2, 0.45, 0.9])
COUNT = np.array([0, 1, 3, 9])
METHODS = ("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")


def distributions() -> list[Any]:
    return [name for name in stats.__all__ if isinstance(getattr(stats, name), stats.Distribution)]


@pytest.mark.parametrize("name", distributions())
@pytest.mark.parametrize("method", METHODS)
def test_method_of_a_distribution(name, method):
    ours = getattr(stats, name)
    if not hasattr(ours.distribution, method):
        return
    call = getattr(ours, method)
    shapes, continuous = SHAPES.get(name, ()), not ours.discrete
    point: Any = POINT if continuous or method in ("ppf", "isf") else COUNT
    more = {"scale": [0.7, np.array([0.7, 1.0, 2.0]), At(-1.0, None, {})]} if continuous else {}
    named = dict(zip(ours.shape_names, shapes, strict=True))
    entry = row(call, point, *shapes, loc=[0.15 if continuous else 1], nonsense=[1.0], **more)
    bad = row(call, point, *BAD.get(name, shapes))
    by_name = Row(call, (point,), {"loc": [At(0.1 if continuous else 1, None, named)]})
    outside = row(call, np.array([-1.0, 0.0, 1.0, np.nan, 2.5]), *shapes)._replace(smooth=False)
    for trial in trials({"plain": entry, "bad": bad, "outside": outside, "named": by_name}):
        if trial.name == "named" and not trial.option:
            continue  # without its shapes
        try:
            hold(trial, also_options=True, loose=4096.0)
        except AssertionError as error:
            raise AssertionError(f"{trial.name} {trial.args} {trial.options}") from error


VECTORS: dict[str, Row] = {
    **{
        f"multivariate_normal.{method}": row(
            getattr(stats.multivariate_normal, method),
            TALL,
            mean=B,
            cov=[SKEWED, 2.5, np.array([0.5, 1.0, 2.0])],
            allow_singular=At(True, None, {"cov": SKEWED}),
        )
        for method in ("logpdf", "pdf")
    },
    "multivariate_normal.entropy": row(stats.multivariate_normal.entropy, mean=[B], cov=[SKEWED]),
    "dirichlet.logpdf": row(stats.dirichlet.logpdf, np.array([0.2, 0.3]), np.array([1.2, 2.0, 3.0])),
    "wishart.logpdf": row(
        stats.wishart.logpdf, S, df=[At(4.2, None, {"scale": SKEWED})], scale=[At(SKEWED, None, {"df": 4})]
    ),
}


@pytest.mark.parametrize("trial", [t for t in trials(VECTORS) if t.args or t.options], ids=repr)
def test_distribution_of_vectors(trial):
    hold(trial, also_options=True, loose=4096.0)


def test_the_signatures_are_those_of_scipy():
    for area in (linalg, signal, special, integrate):
        theirs = __import__(f"scipy.{area.__name__.rpartition('.')[2]}", fromlist=["_"])
        for name in area.__all__:
            target = getattr(theirs, name)
            if not isinstance(target, np.ufunc):
                ours = list(inspect.signature(getattr(area, name)).parameters.values())
                expected = list(inspect.signature(target).parameters.values())
                assert [(p.name, p.kind) for p in ours] == [(p.name, p.kind) for p in expected], name


@pytest.mark.parametrize("name", ["eigh", "svd", "eig", "qr"])
@pytest.mark.parametrize("a", [A, S, H], ids=["general", "symmetric", "hermitian"])
def test_signs_and_phases_are_those_of_scipy(name, a):
    seen = []
    withgradient(lambda a: seen.append(plain(getattr(linalg, name)(a))) or np.sum(np.abs(a)), (a,))
    for ours, theirs in zip(seen[0], getattr(scipy.linalg, name)(a), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-13)


def test_exact_of_whole_numbers():
    for f in (lambda n: special.factorial(n, exact=True), lambda n: special.comb(n, 2, exact=True)):
        with pytest.raises(NoRuleError, match="exact=True"):
            withgradient(f, (5,))
