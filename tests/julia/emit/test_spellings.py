"""Every primitive with a counterpart in Julia has a spelling, with the same value and gradient there."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rulecheck import Sample, random_like

from fluxbridge import AutoZygote, Buffer, pullback
from fluxbridge.autodiff.primitive import PRIMITIVES, Primitive, entry
from fluxbridge.errors import NoRuleError
from fluxbridge.julia import source
from fluxbridge.julia.emit.runs import CodeRecording
from fluxbridge.julia.emit.spelled.table import SPELLINGS
from fluxbridge.tables import spellings as table
from fluxbridge.tables.registry import primitives

TESTS = Path(__file__).parents[2]
PAGE = TESTS.parent / "docs" / "julia_spellings.md"

#: Primitives that Julia has no counterpart for, and why.
NO_COUNTERPART = {
    "nextafter": "prevfloat and nextfloat have no derivative in Julia",
    "partition": "what stands where, beside the kth element, depends on the algorithm",
    "sinc_derivative": "an internal function, of derivatives of derivatives",
    **dict.fromkeys(
        [
            "pseudo_huber",
            "inv_boxcox1p",
            "wrightomega",
            "wofz",
            "ndtri_exp",
            "owens_t",
            "struve",
            "modstruve",
            "spence",
            "fresnel",
            "shichi",
            "ellipkinc",
            "ellipeinc",
            "hyp0f1",
            "hyp1f1",
            "hyperu",
            "hyp2f1",
            "eval_chebyt",
            "eval_chebyu",
            "eval_legendre",
            "eval_hermite",
            "eval_hermitenorm",
            "eval_laguerre",
            "eval_genlaguerre",
            "eval_gegenbauer",
            "eval_jacobi",
        ],
        "SpecialFunctions.jl does not have it",
    ),
    **dict.fromkeys(
        ["odeint", "quad", "lu_factor", "lfilter", "lambertw"], "a library that the project does not have"
    ),
    **dict.fromkeys(
        ["logm", "sqrtm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm"],
        "Zygote has no rule for this function of a matrix",
    ),
    **dict.fromkeys(
        ["maxpool_spread", "maxpool_pick", "sumpool_data"], "internal functions, of derivatives of pooling"
    ),
    "imrotate_back": "an internal function, of derivatives of rotations",
    **dict.fromkeys(
        [f"{f}m_frechet" for f in ("exp", "log", "cos", "sin", "tan", "cosh", "sinh", "tanh")],
        "an internal function, of derivatives of matrix functions",
    ),
    **dict.fromkeys(
        ["solve_banded", "spherical_jn", "spherical_yn", "spherical_in", "spherical_kn"],
        "Zygote has no rule for it",
    ),
    **dict.fromkeys(
        [
            "gammainc",
            "gammaincc",
            "gammaincinv",
            "gammainccinv",
            "betainc",
            "betaincc",
            "betaincinv",
            "betainccinv",
            "stdtr",
            "stdtrit",
            "chdtr",
            "chdtrc",
            "pdtr",
            "pdtrc",
        ],
        "SpecialFunctions.jl has it without the derivatives by all arguments",
    ),
}


def everything() -> dict[str, Primitive]:
    primitives()  # loads those of SciPy
    return dict(PRIMITIVES)


def test_every_primitive_has_a_spelling_or_a_reason():
    missing = {name for name, p in everything().items() if entry(SPELLINGS, p) is None}
    assert missing - set(NO_COUNTERPART) == set()
    assert not {name for name in NO_COUNTERPART if name in PRIMITIVES} - missing


def test_the_page_is_current():
    page = PAGE.read_text()
    if f"NumPy {np.__version__};" in page and importlib.util.find_spec("scipy"):
        assert table.markdown() == page, (
            "docs/julia_spellings.md is old: fluxbridge spellings > docs/julia_spellings.md"
        )


# ---------------------------------------------------------------------------------------------
# In Julia
# ---------------------------------------------------------------------------------------------


def _samples_of(path: Path) -> list[Sample]:
    name = f"samples_of_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)  # type: ignore[union-attr]
    except ImportError:
        return []
    return getattr(module, "SAMPLES", [])


def chosen() -> list[tuple[str, Sample]]:
    """For every primitive with a spelling a sample that runs it, and a complex one if there is."""
    spelled = {
        p.name for members in primitives().values() for p in members if entry(SPELLINGS, p) is not None
    }
    found: dict[tuple[str, bool], Sample] = {}
    scipy = [TESTS / "scipy" / f"test_{area}.py" for area in ("special", "linalg", "signal")]
    paths = [*sorted((TESTS / "autodiff" / "rules").glob("test_*.py")), *scipy]
    for samples in [*map(_samples_of, paths), _layers(), _others()]:
        for sample in samples:
            steps = CodeRecording(sample.f, _arguments(sample)).steps
            names = {s.primitive.name for s in steps if not s.is_argument} & spelled
            is_complex = any(map(np.iscomplexobj, sample.args))
            keys = [
                (name, is_complex)
                for name in names
                if (name, is_complex) not in found or found[name, is_complex].name != name == sample.name
            ]
            if keys and _is_written(sample):
                found.update(dict.fromkeys(keys, sample))
    return [(name, sample) for (name, _), sample in sorted(found.items(), key=lambda item: item[0])]


def _is_written(sample: Sample) -> bool:
    try:
        source(sample.f, *_arguments(sample))
    except NoRuleError:
        return False
    return True


def _layers() -> list[Sample]:
    """Samples of the functions of neural networks, which are tested elsewhere in other ways."""
    from fluxbridge import flux
    from fluxbridge.flux import nnlib
    from fluxbridge.flux.nnlib.conv import conv_dims

    rng = np.random.default_rng(5)
    x = np.array([[-4.3, -1.7, -0.6, 0.2], [0.7, 1.9, 2.8, 5.1]])
    names = {p.name: p for p in PRIMITIVES.values() if p.area == "activations"}
    found = [
        Sample(n, (lambda x, p=p: p(x)) if len(p.vjps or ()) == 1 else (lambda x, p=p: p(x, 0.3)), (x,))
        for n, p in names.items()
    ]
    image, kernel = rng.normal(size=(6, 5, 2, 3)), rng.normal(size=(3, 2, 2, 4))
    grouped = conv_dims((6, 5, 4, 3), (3, 2, 2, 4), 2, (1, 0, 2, 1), 1, 2, True)
    conv, back, weight = (PRIMITIVES[n] for n in ("conv", "conv_data", "conv_weight"))
    windows = rng.normal(size=(16, 12, 3))
    wide, dy = rng.normal(size=(6, 5, 4, 3)), rng.normal(size=(3, 4, 4, 3))
    found += [
        Sample("conv", lambda x, w: nnlib.conv(x, w, stride=(2, 1), pad=1), (image, kernel)),
        Sample("conv", lambda x, w: conv(x, w, dims=grouped), (wide, kernel)),
        Sample("conv_data", lambda y, w: back(y, w, dims=grouped), (dy, kernel)),
        Sample("conv_weight", lambda x, y: weight(x, y, dims=grouped), (wide, dy)),
        Sample("maxpool", lambda x: nnlib.maxpool(x, (2, 2), pad=1), (image,)),
        Sample("sumpool", lambda x: nnlib.meanpool(x, (3, 2), stride=1), (image,)),
        Sample("batched_mul", nnlib.batched_mul, (rng.normal(size=(2, 3, 4)), rng.normal(size=(3, 2, 4)))),
        Sample("gather", lambda x: nnlib.gather(x, np.array([2, 0, 2])), (rng.normal(size=(2, 3)),)),
        Sample("standardise", lambda x: flux.normalise(x, axis=1), (x,)),
        Sample("logit_cross_entropies", PRIMITIVES["logit_cross_entropies"], (x, np.eye(2, 4))),
        Sample("logsoftmax", lambda x: nnlib.logsoftmax(x, axis=1), (x,)),
        Sample("softmax", nnlib.softmax, (x,)),
        Sample("logsumexp", nnlib.logsumexp, (x,)),
        Sample("affine", PRIMITIVES["affine"], (rng.normal(size=(3, 2)), x, rng.normal(size=3))),
        Sample("loss_log", PRIMITIVES["loss_log"], (np.abs(x),)),
        Sample("loss_xlogy", PRIMITIVES["loss_xlogy"], (x, np.abs(x) + 1)),
    ]
    grid = rng.uniform(-0.9, 0.9, size=(2, 3, 2, 3))
    turned = {"method": "bilinear", "rotation_center": (2.0, 1.5)}
    found += [
        Sample("unfold", lambda x: nnlib.unfold(x, (3, 2, 2, 1), stride=(2, 1), pad=1), (image,)),
        Sample("fold", lambda y: nnlib.fold(y, (6, 5, 2, 3), (3, 2, 2, 1), flipped=False), (windows,)),
        Sample("grid_sample", lambda x, g: nnlib.grid_sample(x, g, padding_mode="border"), (image, grid)),
        Sample("imrotate", lambda x: nnlib.imrotate(x, 0.7, **turned), (image,)),
    ]
    index, sizes = (np.array([1, 0, 1, 3]),), (4,)
    for name in ("add", "mul", "max", "min"):
        p = PRIMITIVES[f"scatter_{name}"]
        found.append(Sample(p.name, lambda x, p=p: p(x, index=index, sizes=sizes), (np.abs(x),)))
    h, steps, batch = 3, 4, 2
    shapes = [(2, steps, batch), (4 * h, 2), (4 * h, h), (4 * h,), (h, batch), (h, batch)]
    p = PRIMITIVES["lstm"]
    found.append(
        Sample("lstm", lambda *xs: tuple(p(*xs, by_x=True))[:2], tuple(rng.normal(size=s) for s in shapes))
    )
    return found


def _others() -> list[Sample]:
    def filled(x):
        b = Buffer(np.zeros(4))
        b[1:3] = x
        b[2] = x[0] * 2
        return b.copy()

    x = np.array([0.3, 1.7])
    rounding = [Sample(f.__name__, lambda x, f=f: f(x) * x, (1.26,)) for f in (np.round, np.around, np.fix)]
    return [
        Sample("assemble", filled, (x,)),
        Sample("bessel_i", lambda x: PRIMITIVES["bessel_i"](x, n=1), (x,)),
        Sample("nnlib_erfc", PRIMITIVES["nnlib_erfc"], (x,)),
        *[
            Sample(
                name,
                lambda *xs, name=name: PRIMITIVES[name](*xs, p=4),
                (x, x + 1)[: 1 + (name == "hypot_power")],
            )
            for name in ("absolute_power", "fabs_power", "hypot_power", "norm2_power", "std_power")
        ],
        *rounding,
    ]


def _arguments(sample: Sample) -> tuple[Any, ...]:
    return tuple(x if isinstance(x, (float, complex)) else np.asarray(x) for x in sample.args)


#: Relative bounds, to the largest entry, where 8 units in the last place cannot be asked for.
LINALG = """cholesky qr eigh eig svd det slogdet inv pinv solve lstsq roots solve_triangular solve_sylvester
expm softmax logsumexp special.softmax special.log_softmax special.logsumexp fft ifft rfft irfft fftn ifftn"""
PRODUCTS = """grid_sample standardise conv conv_data conv_weight batched_mul affine lstm matmul dot tensordot
einsum1 einsum2 einsum3 convolve signal.convolve"""
BOUNDS = {**dict.fromkeys(LINALG.split(), 1e-12), **dict.fromkeys(PRODUCTS.split(), 1e-14)}
SPECIAL = 1e-12  #: for scipy.special, which computes by other expansions


def units(a: Any, b: Any) -> float:
    """The largest difference of two entries in units in the last place of the larger."""
    a, b = np.asarray(a), np.asarray(b)
    different = ~((a == b) | (np.isnan(a) & np.isnan(b)))
    if not np.any(different):
        return 0.0
    with np.errstate(all="ignore"):
        unit = np.spacing(np.maximum(np.abs(a), np.abs(b)).astype(float))
        return float(np.max(np.where(different, np.abs(a - b) / unit, 0.0)))


def relative(a: Any, b: Any) -> float:
    a, b = np.asarray(a), np.asarray(b)
    return float(np.max(np.abs(a - b), initial=0.0) / max(np.max(np.abs(a), initial=0.0), 1e-300))


def bound_of(sample: Sample) -> float | None:
    """The loosest bound of what a sample runs; None for 8 units in the last place."""
    primitives = {s.primitive for s in CodeRecording(sample.f, _arguments(sample)).steps if not s.is_argument}
    bounds = [BOUNDS.get(p.name) or (SPECIAL if p.area == "special" else 0.0) for p in primitives]
    return max(bounds, default=0.0) or None


def agree(got: Any, expected: Any, bound: float | None) -> None:
    assert np.shape(got) == np.shape(expected)
    assert np.asarray(got).dtype == np.asarray(expected).dtype
    if bound is None:
        assert units(got, expected) <= 8 or relative(expected, got) < 8 * 2.0**-53, (
            units(got, expected),
            got,
        )
    else:
        assert relative(expected, got) <= bound, relative(expected, got)


@pytest.mark.julia
@pytest.mark.parametrize(("name", "sample"), chosen(), ids=lambda v: v if isinstance(v, str) else "")
def test_value_and_gradient_in_julia(name, sample):
    args, bound = _arguments(sample), bound_of(sample)
    rng = np.random.default_rng(0)
    y, back = pullback(sample.f, AutoZygote(), *args)
    expected, native_back = pullback(sample.f, *args)
    parts = expected if isinstance(expected, (tuple, list)) else [expected]
    for got, part in zip(y if isinstance(y, (tuple, list)) else [y], parts, strict=True):
        agree(got, part, bound)
    seeds = [None if p is None else random_like(rng, p) for p in parts]
    kind = type(expected)
    seed: Any = seeds[0]
    if isinstance(expected, (tuple, list)):
        seed = kind(*seeds) if hasattr(expected, "_fields") else kind(seeds)
    for got, part in zip(back(seed), native_back(seed), strict=True):
        if got is None or part is None:  # nothing against zeros
            assert not np.any(got if part is None else part)
        else:
            agree(got, part, bound)


def test_every_spelling_has_a_sample():
    run = {name for name, _ in chosen()}
    spelled = {
        p.name for members in primitives().values() for p in members if entry(SPELLINGS, p) is not None
    }
    assert spelled - run == set()
