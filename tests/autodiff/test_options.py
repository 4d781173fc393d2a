"""Every option of NumPy's functions is honoured inside of a gradient, or refused by name."""

from __future__ import annotations

import contextlib
import inspect
from typing import Any

import numpy as np
import pytest
from optionsamples import (
    At,
    Refused,
    Row,
    Trial,
    differentiable_options,
    hold,
    options_with_defaults,
    row,
    trials,
    unlisted,
)

import fluxbridge.autodiff.rules  # noqa: F401
from fluxbridge.autodiff.native import withgradient
from fluxbridge.autodiff.primitive import FUNCTIONS, UFUNCS
from fluxbridge.errors import FluxbridgeError

rng = np.random.default_rng(5)
X = rng.uniform(0.5, 2.0, (3, 4))
Y = rng.uniform(0.5, 2.0, (3, 4))
V = rng.uniform(0.5, 2.0, 5)
W = rng.uniform(0.5, 2.0, 5)
CUBE = rng.uniform(0.5, 2.0, (2, 3, 4))
SQUARE = rng.normal(size=(3, 3)) + 3 * np.eye(3)
TALL = rng.normal(size=(5, 3))
SPD = SQUARE @ SQUARE.T
Z = X + 1j * Y
VZ = V + 1j * W
N = np.where(np.arange(12).reshape(3, 4) % 5 == 1, np.nan, X)
MASK = np.arange(12).reshape(3, 4) % 3 > 0
F4, F2 = np.float32, np.float16
OUT = np.empty((3, 4))


def reduction(function, *args, **options):
    out = Refused(np.empty(()), "out")
    return row(
        function,
        *args,
        **{"axis": [0, -1, None], "out": out, "keepdims": [True, At(True, others={"axis": 1})], **options},
    )


SUMS = {"axis": [0, -1, (0, 1)], "where": [MASK, At(MASK, others={"axis": 0})]}

#: np.copyto is not here: it writes into its first argument, or refuses
ROWS: dict[str, Row] = {
    # -- reductions
    "sum": reduction(np.sum, X, dtype=[F4, complex, int], initial=2.5, **SUMS),
    "prod": reduction(np.prod, X, dtype=[F4, complex], initial=2.5, **SUMS),
    "mean": reduction(np.mean, X, dtype=[F4, complex, int], **SUMS),
    **{
        f.__name__: reduction(f, X, initial=0.1, where=At(MASK, others={"initial": 9.0}))
        for f in (np.amax, np.amin)
    },
    "around": row(np.around, X, smooth=False, decimals=2, out=OUT),
    "max": reduction(
        np.max, X, initial=[0.1, 9.0], axis=[0, (0, 1)], where=At(MASK, others={"initial": 0.0})
    ),
    "min": reduction(
        np.min, X, initial=[0.1, 9.0], axis=[0, (0, 1)], where=At(MASK, others={"initial": 9.0})
    ),
    "ptp": reduction(np.ptp, X, axis=[0, (0, 1)]),
    "nansum": reduction(np.nansum, N, dtype=F4, initial=2.5, **SUMS),
    "nanprod": reduction(np.nanprod, N, dtype=F4, initial=2.5, **SUMS),
    "nanmean": reduction(np.nanmean, N, dtype=F4, **SUMS),
    "nanmax": reduction(
        np.nanmax, N, initial=[0.1, 9.0], axis=[0, (0, 1)], where=At(MASK, others={"initial": 0.0})
    ),
    "nanmin": reduction(
        np.nanmin, N, initial=[0.1, 9.0], axis=[0, (0, 1)], where=At(MASK, others={"initial": 9.0})
    ),
    **{
        f.__name__: reduction(
            f,
            a,
            dtype=[F4, At(np.float64, (a.astype(F4),)), At(np.float64, (a.astype(F4), 1))],
            ddof=[1, 0.5],
            correction=[1],
            **SUMS,
            mean=At(np.nanmean(a, axis=1, keepdims=True), others={"axis": 1}),
        )
        for f, a in ((np.var, X), (np.std, X), (np.nanvar, N), (np.nanstd, N))
    },
    "median": reduction(np.median, X, overwrite_input=True, axis=[0, (0, 1)]),
    "nanmedian": reduction(np.nanmedian, N, overwrite_input=True, axis=[0, (0, 1)]),
    **{
        f.__name__: reduction(
            f,
            a,
            q,
            overwrite_input=True,
            method=["hazen", "nearest", "inverted_cdf", "weibull"],
            axis=[0, (0, 1)],
            weights=At(X, others={"method": "inverted_cdf"}),
            interpolation=[],
        )
        for f, a, q in (
            (np.quantile, X, 0.37),
            (np.percentile, X, 37.0),
            (np.nanquantile, N, 0.37),
            (np.nanpercentile, N, 37.0),
        )
    },
    "average": row(
        np.average,
        X,
        axis=[0, (0, 1)],
        weights=[Y, At(V[:4], others={"axis": 1})],
        returned=[True, At(True, others={"weights": Y})],
        keepdims=[True, At(True, others={"axis": 1})],
    ),
    "argmax": row(np.argmax, X, axis=[0], out=np.empty((), int), keepdims=True),
    "count_nonzero": row(np.count_nonzero, X, axis=0, keepdims=True),
    # -- cumulative
    **{
        f.__name__: row(f, a, axis=[0, 1], dtype=[F4, complex], out=Refused(np.empty(12)))
        for f, a in ((np.cumsum, X), (np.cumprod, X), (np.nancumsum, N), (np.nancumprod, N))
    },
    "diff": row(np.diff, X, n=2, axis=0, prepend=[0.5, X[:, :1]], append=[0.5, X[:, :1]]),
    "ediff1d": row(np.ediff1d, X, to_end=[0.5, V], to_begin=[0.5, V]),
    "gradient": row(np.gradient, X, axis=[0, (0, 1)], edge_order=2),
    "trapezoid": row(np.trapezoid, X, x=[np.sort(V[:4]), Y], dx=0.3, axis=0),
    # -- statistics
    "cov": row(
        np.cov,
        X,
        y=[Y],
        rowvar=False,
        bias=True,
        ddof=[0, 2],
        fweights=np.array([1, 2, 1, 3]),
        aweights=[V[:4], At(V[:4], others={"fweights": np.array([1, 2, 1, 3]), "ddof": 0})],
        dtype=[F4, At(np.float64, (X.astype(F4),))],
    ),
    "corrcoef": row(np.corrcoef, X, y=[Y], rowvar=False, dtype=[F4]),
    "histogram": row(
        np.histogram,
        V,
        bins=[3, np.array([0.0, 1.0, 3.0])],
        range=(0.0, 3.0),
        density=[True],
        weights=W,
        normed=[],
    ),
    "histogram_bin_edges": row(np.histogram_bin_edges, V, bins=[3, "auto"], range=(0.0, 3.0), weights=W),
    "histogram2d": row(
        np.histogram2d,
        V,
        W,
        bins=[3, [2, 3]],
        range=[[(0.0, 3.0), (0.0, 2.5)]],
        density=True,
        weights=V,
        normed=[],
    ),
    "histogramdd": row(
        np.histogramdd,
        TALL,
        smooth=False,
        bins=[3, (2, 3, 2)],
        range=[[(-3.0, 3.0)] * 3],
        density=True,
        weights=V,
        normed=[],
    ),
    "bincount": row(np.bincount, np.array([0, 2, 2, 1, 0]), V, minlength=5),
    "digitize": row(np.digitize, V, np.array([0.5, 1.0]), right=True),
    "searchsorted": row(np.searchsorted, np.sort(V), W, side="right", sorter=np.arange(5)),
    "interp": row(np.interp, V, np.array([0.7, 1.0, 1.4]), V[:3], left=0.5, right=0.7, period=2.5),
    "unwrap": row(np.unwrap, X * 5, discont=4.0, axis=0, period=3.0),
    # -- shaping
    "reshape": row(
        np.reshape,
        X,
        shape=(4, 3),
        order=At("F", (X, (4, 3))),
        copy=[At(True, (X, (4, 3))), At(None, (X, (4, 3)))],
        newshape=[],
    ),
    "transpose": row(np.transpose, CUBE, axes=(2, 0, 1)),
    "squeeze": row(np.squeeze, X[None], axis=0),
    "broadcast_to": row(np.broadcast_to, X, (2, 3, 4), subok=True),
    "flip": row(np.flip, X, axis=1),
    "rot90": row(np.rot90, X, k=3, axes=(1, 0)),
    "roll": row(np.roll, X, 2, axis=1),
    "rollaxis": row(np.rollaxis, CUBE, 2, start=1),
    "ravel": row(np.ravel, X, order=["F", "A", "K"]),
    "copy": row(np.copy, X, order="F", subok=True),
    "astype": row(getattr(np, "astype", np.copy), X, F4, copy=True, device=["cpu"]),
    "repeat": row(np.repeat, X, 2, axis=1),
    "concatenate": row(
        np.concatenate,
        (X, Y),
        axis=[1, None],
        dtype=[F4, complex],
        casting=At("unsafe", others={"dtype": F4}),
        out=Refused(np.empty((6, 4))),
    ),
    "stack": row(
        np.stack,
        (X, Y),
        axis=1,
        dtype=[F4],
        casting=At("unsafe", others={"dtype": F4}),
        out=Refused(np.empty((2, 3, 4))),
    ),
    "vstack": row(np.vstack, (X, Y), dtype=F4, casting=At("unsafe", others={"dtype": F4})),
    "hstack": row(np.hstack, (X, Y), dtype=F4, casting=At("unsafe", others={"dtype": F4})),
    "append": row(np.append, X, Y, axis=0),
    "delete": row(np.delete, X, 1, axis=1),
    "insert": row(np.insert, X, 1, V[:3], axis=1),
    "trim_zeros": row(np.trim_zeros, np.array([0.0, 1.0, 2.0, 0.0]), smooth=False, trim=["f", "b"], axis=0),
    "sliding_window_view": row(
        np.lib.stride_tricks.sliding_window_view,
        X,
        2,
        axis=1,
        subok=True,
        writeable=Refused(True, args=(X, (2, 2))),
    ),
    "meshgrid": row(np.meshgrid, V, W[:3], copy=False, sparse=True, indexing="ij"),
    "split": row(np.split, X, 2, axis=1),
    "array_split": row(np.array_split, X, 2, axis=1),
    "unstack": row(getattr(np, "unstack", np.array), X, axis=1),
    "diag": row(np.diag, V, k=1),
    "diagflat": row(np.diagflat, V, k=-1),
    "diagonal": row(np.diagonal, CUBE, offset=1, axis1=1, axis2=2),
    "tril": row(np.tril, X, k=1),
    "triu": row(np.triu, X, k=-1),
    "trace": row(np.trace, CUBE, offset=1, axis1=1, axis2=2, dtype=[F4], out=Refused(np.empty(4))),
    "take": row(np.take, X, np.array([2, 0]), axis=1, mode=["wrap", "clip"], out=Refused(np.empty(2))),
    "take_along_axis": row(
        np.take_along_axis, X, np.zeros((3, 1), int), axis=[1, At(None, (X, np.array([1, 2])))]
    ),
    "compress": row(
        np.compress,
        np.array([True, False, True]),
        X,
        axis=0,
        out=Refused(np.empty((2, 4)), args=(np.array([True, False, True]), X, 0)),
    ),
    "choose": row(
        np.choose, np.array([0, 1, 1, 0]), (X[0], Y[0]), mode=["wrap", "clip"], out=Refused(np.empty(4))
    ),
    "select": row(np.select, [MASK], [X], default=0.5),
    "where": row(np.where, MASK, X, Y),
    "nan_to_num": row(np.nan_to_num, N, copy=Refused(False), nan=0.5, posinf=1.0, neginf=2.0),
    "clip": row(
        np.clip,
        X,
        0.7,
        1.5,
        out=Refused(OUT),
        min=At(0.7, (X,)),
        max=At(1.5, (X,)),
        dtype=[F4],
        where=Refused(MASK),
    ),
    "round": row(np.round, X, smooth=False, decimals=2, out=[OUT, Refused(np.empty(()), args=(1.3, 1))]),
    "fix": row(np.fix, X, out=[OUT, Refused(np.empty(()), args=(1.3,))]),
    "sort": row(np.sort, X, axis=[0, None], kind=["stable", "heapsort"], order=[], stable=True),
    "argsort": row(np.argsort, X, axis=0, kind="stable", order=[], stable=True),
    "partition": row(
        np.partition, X, 1, axis=[0, None], kind="introselect", order=[], view=lambda y: np.sort(y)
    ),
    "argpartition": row(np.argpartition, X, 1, axis=0, kind="introselect", order=[]),
    "unique": row(
        np.unique,
        np.array([2.0, 1.0, 2.5, 3.0]),
        return_index=True,
        return_inverse=True,
        return_counts=True,
        axis=0,
        equal_nan=[False, True],
        sorted=[True],
    ),
    "union1d": row(np.union1d, V, W),
    "intersect1d": row(
        np.intersect1d, V, V[::-1].copy(), smooth=False, assume_unique=True, return_indices=True
    ),
    "setdiff1d": row(np.setdiff1d, V, V[:2], smooth=False, assume_unique=True),
    "setxor1d": row(np.setxor1d, V, W, assume_unique=True),
    # -- made from a few numbers
    "linspace": row(
        np.linspace,
        0.5,
        2.0,
        num=4,
        endpoint=False,
        retstep=True,
        dtype=[F4, int],
        axis=At(1, (V, W)),
        device=["cpu"],
    ),
    "logspace": row(
        np.logspace, 0.5, 2.0, num=4, endpoint=False, base=[3.0], dtype=[F4, int], axis=At(1, (V, W))
    ),
    "geomspace": row(np.geomspace, 0.5, 2.0, num=4, endpoint=False, dtype=[F4, int], axis=At(1, (V, W))),
    "full_like": row(
        np.full_like, X, 2.0, dtype=[F4, int], order="F", subok=False, shape=(2, 2), device=["cpu"]
    ),
    "zeros_like": row(np.zeros_like, X, dtype=F4, order="F", subok=False, shape=(2, 2), device=["cpu"]),
    "pad": row(
        np.pad,
        X,
        2,
        mode=["edge", "wrap", "mean", "maximum", "empty" and "linear_ramp"],
        stat_length=At(2, others={"mode": "mean"}),
        constant_values=[1.5, (1.0, 2.0)],
        end_values=At(0.5, others={"mode": "linear_ramp"}),
        reflect_type=At("odd", others={"mode": "reflect"}),
    ),
    # -- products
    "dot": row(np.dot, X.T, Y, out=Refused(np.empty((4, 4)))),
    "outer": row(np.outer, V, W, out=Refused(np.empty((5, 5)))),
    "tensordot": row(np.tensordot, X, Y, axes=[0, (0, 0), ([1, 0], [1, 0])]),
    "cross": row(
        np.cross,
        TALL,
        TALL + 1.0,
        axisa=At(0, (TALL.T, TALL)),
        axisb=At(0, (TALL, TALL.T)),
        axisc=0,
        axis=At(0, (TALL.T, TALL.T)),
    ),
    "kron": row(np.kron, X, Y),
    "einsum": row(
        np.einsum,
        "ij,ij->i",
        X,
        Y,
        out=Refused(np.empty(3)),
        optimize=["greedy", True],
        dtype=[complex, At(F4, others={"casting": "same_kind"})],
        order=["C", "F"],
        casting=At("unsafe", others={"dtype": F4}),
    ),
    "convolve": row(np.convolve, V, W[:3], mode=["same", "valid"]),
    "correlate": row(np.correlate, V, W[:3], mode=["same", "full"]),
    # -- polynomials
    "vander": row(np.vander, V, N=3, increasing=True),
    "polyder": row(np.polyder, V, m=2),
    "polyint": row(np.polyint, V, m=2, k=[1.5, [1.0, 2.0]]),
    "polyfit": row(
        np.polyfit,
        V,
        W,
        2,
        rcond=[1e-8, 0.2],
        full=[True, At(True, others={"rcond": 0.2})],
        w=V,
        cov=[True, "unscaled", At(True, others={"w": V}), At(True, (V, TALL, 2))],
    ),
    # -- linear algebra
    "norm": row(np.linalg.norm, X, ord=["nuc", "fro", 1, 2, -2, np.inf], axis=[0, (0, 1)], keepdims=[True]),
    "vector_norm": row(
        getattr(np.linalg, "vector_norm", np.linalg.norm), X, axis=0, keepdims=True, ord=[1, 3]
    ),
    "matrix_norm": row(getattr(np.linalg, "matrix_norm", np.linalg.norm), X, keepdims=True, ord=["nuc", 1]),
    "cond": row(np.linalg.cond, SQUARE, p=[1, 2, -2, "fro"]),
    "pinv": row(
        np.linalg.pinv,
        TALL,
        rcond=[
            1e-8,
            0.5,
            At(0.5, (TALL.T,)),
            At(0.5, (TALL + 1j * TALL[::-1],)),
            At(np.array([0.4, 1e-9]), (CUBE,)),
            At(0.5, (SPD,), {"hermitian": True}),
        ],
        hermitian=At(True, (SPD,)),
        rtol=[1e-8, 0.5],
    ),
    "lstsq": row(
        np.linalg.lstsq,
        TALL,
        V,
        rcond=[
            1e-8,
            0.5,
            At(0.5, (TALL, TALL[:, :2])),
            At(0.5, (TALL.T, V[:3])),
            At(0.5, (TALL + 1j * TALL[::-1], VZ)),
        ],
    ),
    "matrix_rank": row(np.linalg.matrix_rank, SQUARE, tol=0.5, hermitian=At(True, (SPD,)), rtol=0.5),
    "tensorsolve": row(
        np.linalg.tensorsolve,
        rng.normal(size=(2, 3, 6)),
        X[:2, :3],
        axes=At((0, 2), (rng.normal(size=(2, 6, 3)), X[:2, :3])),
    ),
    "tensorinv": row(np.linalg.tensorinv, rng.normal(size=(6, 2, 3)), ind=1),
    "qr": row(
        np.linalg.qr,
        TALL,
        mode=["r", "complete", Refused("raw")],
        view=lambda q: np.abs(q) if not isinstance(q, tuple) else [np.abs(q[0][:, :3]), np.abs(q[1])],
    ),
    "svd": row(
        np.linalg.svd,
        SQUARE,
        full_matrices=False,
        compute_uv=False,
        hermitian=At(True, (SPD,)),
        view=lambda r: [np.abs(p) for p in r] if isinstance(r, tuple) else r,
    ),
    "eigh": row(np.linalg.eigh, SPD, UPLO="U", view=lambda r: [r[0], np.abs(r[1])]),
    "eigvalsh": row(np.linalg.eigvalsh, SPD, UPLO="U"),
    "cholesky": row(np.linalg.cholesky, SPD, upper=True),
    # -- transforms
    **{
        f"fft.{n}": row(
            getattr(np.fft, n),
            Z if n in ("fft", "ifft", "hfft", "irfft") else X,
            n=[3, 6],
            axis=0,
            norm=["ortho", "forward", "backward"],
            out=Refused(np.empty((3, 4), complex)),
        )
        for n in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
    },
    **{
        f"fft.{n}": row(
            getattr(np.fft, n),
            X if n[0] == "r" else Z,
            s=At((3, 6), others={"axes": (0, 1)}),
            axes=[(1, 0)],
            norm=["ortho", "forward"],
            out=Refused(np.empty((3, 4), complex)),
        )
        for n in ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")
    },
    "linalg.cross": row(np.linalg.cross, TALL, TALL + 1.0, axis=At(0, (TALL.T, TALL.T + 1.0))),
    "linalg.diagonal": row(np.linalg.diagonal, CUBE, offset=1),
    "linalg.trace": row(np.linalg.trace, CUBE, offset=1, dtype=[F4]),
    "linalg.tensordot": row(np.linalg.tensordot, X, Y, axes=[(0, 0), ([1, 0], [1, 0])]),
    "linalg.vecdot": row(np.linalg.vecdot, X, Y, axis=0),
    "linalg.multi_dot": row(np.linalg.multi_dot, [X, Y.T, X], out=Refused(np.empty((3, 4)))),
    "fft.fftshift": row(np.fft.fftshift, X, axes=1),
    "fft.ifftshift": row(np.fft.ifftshift, X, axes=1),
    # -- questions
    "isclose": row(np.isclose, X, Y, rtol=0.5, atol=0.5, equal_nan=True),
    "allclose": row(np.allclose, X, Y, rtol=0.5, atol=0.5, equal_nan=True),
    "isin": row(np.isin, X, X[0], assume_unique=True, invert=True, kind=[None]),
    "angle": row(np.angle, Z, deg=True),
    "real_if_close": row(np.real_if_close, Z, tol=10),
    "array_equal": row(np.array_equal, X, Y, equal_nan=True),
    "broadcast_arrays": row(np.broadcast_arrays, X, Y[:1], subok=True),
    "apply_along_axis": row(np.apply_along_axis, np.sum, 0, X),
    "cumulative_sum": row(
        getattr(np, "cumulative_sum", np.cumsum),
        X,
        axis=[0, 1],
        dtype=At(F4, others={"axis": 0}),
        out=Refused(np.empty((3, 4))),
        include_initial=At(True, others={"axis": 0}),
    ),
    "cumulative_prod": row(
        getattr(np, "cumulative_prod", np.cumprod),
        X,
        axis=[0, 1],
        dtype=At(F4, others={"axis": 0}),
        out=Refused(np.empty((3, 4))),
        include_initial=At(True, others={"axis": 0}),
    ),
}


def method(name: str, *args: Any, **options: Any) -> Row:
    """A row for a method of arrays, called on X."""

    def call(x: Any, *args: Any, **options: Any) -> Any:
        return getattr(x, name)(*args, **options)

    with contextlib.suppress(ValueError):
        call.__signature__ = inspect.signature(getattr(np.ndarray, name))  # type: ignore[attr-defined]
    first = (CUBE[0],) if not args or args[0] is not None else ()
    return row(call, *first, *args, **options)


METHODS: dict[str, Row] = {
    "astype": method("astype", F4, order="F", casting=["same_kind", "no"], subok=False, copy=[False, True]),
    "choose": row(lambda i, c, **o: np.asarray(i).choose(c, **o), np.array([0, 1, 1, 0]), (X[0], Y[0])),
    "clip": method("clip", min=0.7, max=1.5, out=Refused(OUT), dtype=F4),
    "compress": method("compress", np.array([True, False, True]), axis=0, out=Refused(np.empty(3))),
    "copy": method("copy", order="F"),
    **{
        f: method(f, axis=[0, 1], dtype=[F4, complex], out=Refused(np.empty(12)))
        for f in ("cumsum", "cumprod")
    },
    "diagonal": method("diagonal", offset=1, axis1=1, axis2=0),
    "dot": method("dot", Y.T, out=Refused(np.empty((3, 3)))),
    "flatten": method("flatten", order=["F", "A", "K"]),
    **{
        f: method(
            f,
            axis=0,
            out=Refused(np.empty(())),
            keepdims=True,
            initial=3.0,
            where=At(MASK, others={"initial": 0.4}),
        )
        for f in ("max", "min")
    },
    **{
        f: method(
            f, axis=0, dtype=[F4, complex], out=Refused(np.empty(())), keepdims=True, initial=3.0, where=MASK
        )
        for f in ("sum", "prod")
    },
    "mean": method("mean", axis=0, dtype=[F4, complex], out=Refused(np.empty(())), keepdims=True, where=MASK),
    **{
        f: method(
            f, axis=0, dtype=[F4], out=Refused(np.empty(())), ddof=1, keepdims=True, where=MASK, mean=X.mean()
        )
        for f in ("var", "std")
    },
    "ravel": method("ravel", order=["F", "A", "K"]),
    "repeat": method("repeat", 2, axis=1),
    "reshape": method("reshape", (4, 3), order="F", copy=[True, None]),
    "round": row(method("round").function, X, smooth=False, decimals=1, out=OUT),
    "searchsorted": row(method("searchsorted").function, np.sort(V), 1.0, side="right", sorter=np.arange(5)),
    "squeeze": row(method("squeeze").function, X[None], axis=0),
    "take": method("take", np.array([2, 0]), axis=1, out=Refused(np.empty(2)), mode="wrap"),
    "trace": method("trace", offset=1, axis1=1, axis2=0, dtype=F4, out=Refused(np.empty(()))),
    "all": method("all", axis=0, out=np.empty((), bool), keepdims=True, where=MASK),
    "any": method("any", axis=0, out=np.empty((), bool), keepdims=True, where=MASK),
    "argmax": method("argmax", axis=0, out=np.empty((), int), keepdims=True),
    "argmin": method("argmin", axis=0, out=np.empty((), int), keepdims=True),
    "argsort": method("argsort", axis=0, kind="stable", order=[], stable=True),
    "argpartition": method("argpartition", 1, axis=0, kind="introselect", order=[]),
    **{
        f: method(f)
        for f in ("conj", "conjugate", "nonzero", "swapaxes", "tolist", "transpose", "view")
        if f != "swapaxes"
    },
    "swapaxes": method("swapaxes", 0, 1),
    "item": row(method("item").function, X[0, :1]),
}
#: methods that write into the array, or hand its memory out: refused whatever their options are
REFUSED_METHODS = {
    "byteswap",
    "dump",
    "dumps",
    "fill",
    "getfield",
    "partition",
    "put",
    "resize",
    "setfield",
    "setflags",
    "sort",
    "to_device",
    "tobytes",
    "tofile",
}
TRIALS = list(trials(ROWS))


@pytest.mark.parametrize("trial", TRIALS, ids=repr)
def test_option_is_honoured_or_refused(trial):
    hold(trial)


@pytest.mark.parametrize("trial", [t for t in TRIALS if differentiable_options(t)], ids=repr)
def test_what_is_given_as_an_option_is_differentiated_or_refused(trial):
    hold(trial, also_options=True)


@pytest.mark.parametrize("trial", list(trials(METHODS)), ids=repr)
def test_option_of_a_method(trial):
    hold(trial, also_options=True)


def test_every_option_of_the_rows_has_an_entry():
    assert unlisted(ROWS) == []
    assert unlisted(METHODS) == []


def test_every_function_with_options_has_a_row():
    known = {id(entry.function) for entry in ROWS.values()}
    missing = [
        f"{module.__name__}.{name}"
        for module in (np, np.linalg, np.fft)
        for name, function in vars(module).items()
        if isinstance(function, type(np.sum)) and function in FUNCTIONS and function is not np.copyto
        and id(function) not in known and options_with_defaults(function)
    ]  # fmt: skip
    assert missing == []


def test_every_method_of_arrays_has_a_row():
    methods = {name for name in dir(np.ndarray) if name[0] != "_" and callable(getattr(np.ndarray, name))}
    assert methods - set(METHODS) - REFUSED_METHODS == set()


@pytest.mark.parametrize("name", sorted(REFUSED_METHODS))
def test_refused_methods(name):
    with pytest.raises((FluxbridgeError, AttributeError)):
        withgradient(lambda x: np.sum(getattr(x, name)()), (X,))


# -- ufuncs ------------------------------------------------------------------------------------------

#: what ufuncs take beside their inputs; out= belongs to the tests of changes in place
OF_UFUNCS: dict[str, list[Any]] = {
    "dtype": [F4, F2, complex, int],
    "casting": ["unsafe", "no"],
    "order": ["F"],
    "subok": [False],
    "signature": [None, "floats"],
}
STAIRS = np.arange(12.0).reshape(3, 4) / 7 + 0.3
APART = (STAIRS, STAIRS + np.where(np.arange(12).reshape(3, 4) % 2, 0.2, -0.1))  # no ties, no multiples
OPERANDS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(["maximum", "minimum", "fmax", "fmin", "remainder", "fmod"], APART),
    "arccosh": (X + 1.0,),
    "ldexp": (X, 2),
    "matmul": (X, Y.T),
    "matvec": (X, X[0]),
    "vecmat": (X[:, 0], X),
}


def ufunc_rows() -> dict[str, Row]:
    rows = {}
    for ufunc in [*UFUNCS, np.power]:
        if getattr(np, ufunc.__name__, None) is not ufunc:
            continue
        args = OPERANDS.get(ufunc.__name__, (X / 2.1,) if ufunc.nin == 1 else (X / 2.1, Y / 2.1))
        options = {**OF_UFUNCS, "signature": [("f",) * (ufunc.nin + ufunc.nout)]}
        rows[ufunc.__name__] = row(ufunc, *args, where=Refused(MASK, "np.where"), **options)
    return rows


@pytest.mark.parametrize("name", ufunc_rows())
def test_options_of_a_ufunc(name):
    entry = ufunc_rows()[name]
    for trial in trials({name: entry}):
        hold(trial)
    both = Trial(name, entry, "dtype", entry.args, {"dtype": F4, "casting": "no"})
    hold(both)


def test_ufuncs_take_no_other_options():
    known = {*OF_UFUNCS, "out", "where", "axes", "axis", "keepdims"}
    for ufunc in UFUNCS:
        assert set(options_with_defaults(ufunc)) <= known, ufunc
