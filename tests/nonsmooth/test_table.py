"""The table of kinks says of every primitive where it is not smooth, and says so rightly."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import fluxbridge.flux  # noqa: F401  (its primitives)
from fluxbridge import gradient
from fluxbridge.autodiff.elementwise import ARRAY_WORDS, NAMES
from fluxbridge.autodiff.primitive import PRIMITIVES, load_on_demand
from fluxbridge.nonsmooth.kink import SORTS, Kink, Tie
from fluxbridge.nonsmooth.table import kinks_of

scipy_special = pytest.importorskip("scipy.special")
load_on_demand()

#: Not elementwise, and smooth wherever they are defined: linear or polynomial in each input, or a matrix
#: function of full rank. Who adds a primitive registers its kinks or enters it here.
SMOOTH = {
    "absolute_power", "fabs_power", "hypot_power", "norm2_power", "std_power",
    "reshape", "transpose", "swapaxes", "moveaxis", "squeeze", "expand_dims", "broadcast_to", "flip",
    "rot90", "roll", "astype", "tile", "getitem", "scatter", "tril", "triu", "diag", "sum", "mean", "prod",
    "cumsum", "cumprod", "linspace", "concatenate", "stack", "matmul", "dot", "vdot", "vecdot", "matvec",
    "vecmat", "outer", "tensordot", "cross", "trace", "cholesky", "qr", "det", "slogdet", "einsum1",
    "einsum2", "einsum3", "fft", "ifft", "rfft", "irfft", "fftn", "ifftn", "fftshift", "ifftshift", "solve",
    "lstsq", "inv", "pinv", "pad", "convolve", "var", "bincount", "assemble", "real", "imag",
    # NNlib's
    "conv", "conv_data", "conv_weight", "scatter_mul", "maxpool_spread", "maxpool_pick",
    "sumpool", "sumpool_data", "softmax", "logsoftmax", "logsumexp", "affine", "batched_mul", "gather",
    "scatter_add", "lstm", "logit_cross_entropies", "standardise",
    "unfold", "fold", "imrotate", "imrotate_back",
    # SciPy's, inside of their domains
    "block_diag", "lfilter", "lu_factor", "odeint", "quad", "signal.convolve", "solve_banded",
    "solve_sylvester", "solve_triangular", "sqrtm", "einsum4",
    *(f"{f}m{end}" for f in ("exp", "log", "cos", "sin", "tan", "cosh", "sinh", "tanh")
      for end in ("", "_frechet")),
}  # fmt: skip

#: scipy.special with several parameters and no formulas, smooth inside their domains.
SPECIAL = {n for n, p in PRIMITIVES.items() if p.area in ("special", "transcendental", "incomplete")}

POINTS = (-1.0, 0.0, 1.0, 2.0, 0.5, -0.5, 3.0, -3.0, 6.0)


def own(name):
    """A primitive of this package; tests register others."""
    module = getattr(PRIMITIVES[name].compute, "__module__", None) or "numpy"
    return module.startswith(("fluxbridge", "numpy", "scipy"))


NAMES_HERE = sorted(n for n in PRIMITIVES if own(n))
SMOOTH_ELEMENTWISE = [n for n in NAMES_HERE if PRIMITIVES[n].formulas and not kinks_of(PRIMITIVES[n])]
KINKED_ELEMENTWISE = [n for n in NAMES_HERE if PRIMITIVES[n].formulas and kinks_of(PRIMITIVES[n])]


def never(*_inputs):
    return False


def slope(name, inputs, k, h, **options):
    """The one-sided difference quotient of one input, by steps that shrink."""
    moved = list(inputs)
    moved[k] = inputs[k] + h
    with np.errstate(all="ignore"):
        compute = PRIMITIVES[name].compute
        return float(np.real(compute(*moved, **options) - compute(*inputs, **options))) / h


def usual_suspects(name):
    primitive = PRIMITIVES[name]
    for inputs in itertools.product(POINTS[:6], repeat=len(primitive.formulas)):
        for k, formula in enumerate(primitive.formulas):
            if formula is not None:
                yield inputs, k


def test_every_primitive_is_accounted_for():
    missing = [
        n for n in NAMES_HERE
        if not kinks_of(PRIMITIVES[n]) and n not in SMOOTH and n not in SPECIAL
        and not PRIMITIVES[n].formulas
    ]  # fmt: skip
    assert not missing
    assert not [n for n in SMOOTH if n in PRIMITIVES and kinks_of(PRIMITIVES[n])]


def test_kinks_are_kinks():
    for name in NAMES_HERE:
        for kink in kinks_of(PRIMITIVES[name]):
            assert isinstance(kink, Kink) and kink.sort in SORTS and kink.word, name


#: Where a parameter has no meaning, or the value is that of no limit.
EXCEPT = {
    "celu": lambda x, alpha: alpha == 0,
    "softshrink": lambda x, threshold: threshold <= 0,
    "poch": lambda a, _m: a <= 0,
}


@pytest.mark.parametrize("name", SMOOTH_ELEMENTWISE)
def test_smooth_means_smooth(name):
    """Both one-sided derivatives agree at 0, ±1 and where the inputs are equal."""
    for inputs, k in usual_suspects(name):
        if EXCEPT.get(name, never)(*inputs):
            continue
        try:
            sides = [[slope(name, inputs, k, s * h) for h in (1e-4, 1e-5, 1e-6)] for s in (1, -1)]
        except (TypeError, ValueError, ZeroDivisionError):
            continue
        right, left = (np.array(s) for s in sides)
        if not (np.all(np.isfinite(right)) and np.all(np.isfinite(left))):
            continue  # an end of the domain, or a pole
        gaps = np.abs(right - left)
        assert gaps[2] < 1e-3 * (1 + abs(right[2])) or gaps[2] < 0.3 * gaps[0], (inputs, k, right, left)


@pytest.mark.parametrize("name", KINKED_ELEMENTWISE)
def test_sides_are_the_one_sided_derivatives(name):
    primitive = PRIMITIVES[name]
    words = NAMES[len(primitive.formulas)]
    tried = 0
    for kink in kinks_of(primitive):
        for inputs in itertools.product(POINTS, repeat=len(words)):
            if not kink.ties(inputs, {}) or EXCEPT.get(name, never)(*inputs):
                continue
            tried += 1
            if not kink.sides or kink.sort != "bend":
                continue
            expected = [
                [float(v) for v in eval(f"({s},)", {**ARRAY_WORDS, **dict(zip(words, inputs, strict=True))})]
                for s in kink.sides
            ]
            for k, formula in enumerate(primitive.formulas):
                if formula is None:
                    continue
                rivals = kink.rivals(*[x + 1e-6 * (i == k) for i, x in enumerate(inputs)])[0]
                ahead = int(np.argmax(rivals))
                if rivals[0] == rivals[1]:
                    continue  # this input does not lead off the kink
                for side, h in ((ahead, 1e-7), (1 - ahead, -1e-7)):
                    assert slope(name, inputs, k, h) == pytest.approx(expected[side][k], abs=1e-5), inputs
    assert tried, "no point was on a kink"


@pytest.mark.parametrize(
    ("f", "inputs", "options", "ties"),
    [
        ("clip", (np.array([0.0, 0.5, 1.0]), 0.0, 1.0), {}, [Tie(0, (0,), (0, 1)), Tie(0, (2,), (0, 1))]),
        ("max", (np.array([[1.0, 2, 2], [3, 3, 3]]),), {"axis": 1},
         [Tie(0, (0,), (1, 2)), Tie(0, (1,), (0, 1, 2))]),
        ("max", (np.array([1.0, 1.0, 5.0]),), {"where": np.array([True, True, False])}, [Tie(0, (), (0, 1))]),
        ("max", (np.array([1.0, 0.0]),), {"initial": 1.0}, [Tie(0, (), (0, 2))]),
        ("min", (np.array([[1.0, 2.0], [1.0, 3.0]]),), {"axis": 0}, [Tie(0, (0,), (0, 1))]),
        ("sort", (np.array([2.0, 1.0, 2.0, 2.0]),), {}, [Tie(0, (), t) for t in ((0, 2), (0, 3), (2, 3))]),
        ("partition", (np.array([2.0, 2.0]),), {"kth": 1}, [Tie(0, (), (0, 1))]),
        ("norm2", (np.zeros((2, 2)),), {"axis": 1}, [Tie(0, (0,), (0, 1)), Tie(0, (1,), (0, 1))]),
        ("normp", (np.zeros(2),), {"p": 3.0}, [Tie(0, (), (0, 1))]),
        ("std", (np.array([3.0, 3.0]),), {}, [Tie(0, (), (0, 1))]),
        ("eigh", (np.diag([1.0, 2.0, 2.0]),), {}, [Tie(0, (1,), (0,))]),
        ("svd", (np.diag([2.0, 1.0, 0.0]),), {"full_matrices": False}, [Tie(0, (2,), (0,))]),
        ("absolute", (0j,), {}, [Tie(0, (), (0, 1))]),
        ("around", (0.25,), {"decimals": 1}, [Tie(0, (), (0, 1))]),
        ("literal_power", (0.0, 0.5), {}, [Tie(0, (), (0, 1))]),
        ("literal_power", (0.0, 2.0), {}, []),
        ("maximum", (np.array([1.0, 2.0]), 2.0), {}, [Tie(0, (1,), (0, 1))]),
    ],
)  # fmt: skip
def test_ties(f, inputs, options, ties):
    found = [t for kink in kinks_of(PRIMITIVES[f]) for t in kink.ties(inputs, options)]
    assert found == ties


def test_tolerance():
    kink = kinks_of(PRIMITIVES["maximum"])[0]
    assert kink.ties((1.0, 1.0 + 1e-12), {})
    assert not kink.ties((1.0, 1.0 + 1e-6), {})
    assert kink.ties((1.0, 1.0 + 1e-6), {}, tol=1e-5)
    assert kink.ties((1e9, 1e9 + 0.1), {}), "relative to the size"


def test_nan_and_infinity_are_no_ties():
    kink = kinks_of(PRIMITIVES["max"])[0]
    assert not kink.ties((np.array([np.inf, np.inf]),), {})
    assert not kink.ties((np.array([np.nan, 1.0]),), {})
    assert not kinks_of(PRIMITIVES["maximum"])[0].ties((np.nan, np.nan), {})


def test_gradients_cost_nothing_more():
    assert gradient(lambda x: np.max(np.abs(x)), np.array([1.0, -1.0]))[0].tolist() == [1.0, 0.0]


def test_unknown_sort():
    with pytest.raises(ValueError, match="bend"):
        Kink("x ~ 0", sort="corner")
