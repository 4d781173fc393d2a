"""How much cross_check finds, and how often it is wrong: ``python -m tests.check.power``.

Faults are planted in the rules of the primitives that 40 functions consist of, and cross_check is asked. Then
it is asked about functions that are right and hard to check. The tables are those of docs/checking.md.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from fluxbridge import cross_check, gradient, ignore_derivatives
from fluxbridge.autodiff.primitive import PRIMITIVES, plain
from fluxbridge.check.report import UNSURE, Report
from fluxbridge.recording import Recording

ENGINES = ["complex step", "finite differences"]


class Function(NamedTuple):
    name: str
    f: Callable[..., Any]
    xs: tuple[Any, ...]


def _points() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(5)
    v = rng.uniform(0.3, 1.7, 5) * np.array([1.0, -1.0, 1.0, -1.0, 1.0])
    m = rng.uniform(0.3, 1.2, (3, 3)) * rng.choice([-1.0, 1.0], (3, 3)) + 2 * np.eye(3)
    return v, np.abs(v), m, rng.normal(size=3)


V, P, M, B = _points()

FUNCTIONS = [
    Function("sum of squares", lambda x: np.sum(x**2), (V,)),
    Function("norm", np.linalg.norm, (V,)),
    Function("mean of exp", lambda x: np.mean(np.exp(x)), (V,)),
    Function("log sum exp", lambda x: np.log(np.sum(np.exp(x))), (V,)),
    Function("softmax", lambda x: np.sum((np.exp(x) / np.sum(np.exp(x))) ** 2), (V,)),
    Function("tanh layer", lambda w, b, x: np.sum(np.tanh(w @ x + b) ** 2), (M, B, P[:3])),
    Function("logistic", lambda x: np.sum(1 / (1 + np.exp(-x))), (V,)),
    Function("rosenbrock", lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), (V,)),
    Function("quadratic form", lambda a, x: x @ a @ x, (M, B)),
    Function("determinant", np.linalg.det, (M,)),
    Function("inverse", lambda a: np.sum(np.linalg.inv(a) ** 2), (M,)),
    Function("solve", lambda a, b: np.sum(np.linalg.solve(a, b) ** 2), (M, B)),
    Function("trace", lambda a: np.trace(a @ a @ a), (M,)),
    Function("einsum", lambda a, b: np.sum(np.einsum("ij,j->i", a, b) ** 2), (M, B)),
    Function("cumulative", lambda x: np.sum(np.cumsum(x) * np.sin(x)), (V,)),
    Function("product", lambda x: np.prod(1 + x**2), (V,)),
    Function("absolute", lambda x: np.sum(np.abs(x) ** 3), (V,)),
    Function("relu", lambda x: np.sum(np.maximum(x, 0.0) ** 2 + x), (V,)),
    Function("kinked relu", lambda x: np.sum(np.maximum(x, 0.0)), (np.array([0.0, 1.0, -1.0]),)),
    Function(
        "kinked absolute",
        lambda x: np.sum(np.abs(x) * np.array([1.0, 2.0, 3.0])),
        (np.array([0.0, 1.0, -1.0]),),
    ),
    Function("maximum", lambda x: np.max(np.sin(x)), (V,)),
    Function("clip", lambda x: np.sum(np.clip(x, -0.9, 0.9) * x), (V,)),
    Function("where", lambda x: np.sum(np.where(x > 0, x**2, np.cos(x))), (V,)),
    Function("sort", lambda x: np.sum(np.sort(x) * np.arange(5.0)), (V,)),
    Function("huber", lambda x: np.sum(np.where(np.abs(x) < 1, x**2 / 2, np.abs(x) - 0.5)), (V,)),
    Function("variance", lambda x: np.var(x) + np.std(x), (V,)),
    Function("broadcast", lambda x, y: np.sum(np.outer(x, y) / (1 + x[:, None] ** 2)), (V, B)),
    Function(
        "reshape",
        lambda x: np.sum(np.reshape(x, (3, 2)).T @ np.array([1.0, 2.0, 3.0]) ** 2),
        (np.arange(1.0, 7.0),),
    ),
    Function("transpose", lambda a: np.sum(np.transpose(a) * np.sinh(a)), (M,)),
    Function("square root", lambda x: np.sum(np.sqrt(x) * np.log(x)), (P,)),
    Function("power", lambda x, y: np.sum(x**y), (P, V)),
    Function("arctangent", lambda x, y: np.sum(np.arctan2(x, y) + np.hypot(x, y)), (V, P)),
    Function("trigonometry", lambda x: np.sum(np.sin(x) * np.cos(2 * x) + np.tan(x / 4)), (V,)),
    Function("arcsine", lambda x: np.sum(np.arcsin(x / 4) + np.arctan(x)), (V,)),
    Function("hyperbolic", lambda x: np.sum(np.arcsinh(x) * np.cosh(x)), (V,)),
    Function("number", lambda x, y: np.exp(np.sin(x)) / (1 + y**2), (0.7, -0.3)),
    Function("newton", lambda a: _newton(a), (2.0,)),
    Function("loop", lambda x: _loop(x), (0.4,)),
    Function("convolution", lambda x, k: np.sum(np.convolve(x, k) ** 2), (V, B)),
    Function("small numbers", lambda x: np.sum(1e-15 * x**3), (V,)),
]


def _newton(a: Any) -> Any:
    x = a
    for _ in range(5):
        x = (x + a / x) / 2
    return x


def _loop(x: Any) -> Any:
    for _ in range(8):
        x = 1.5 * x * (1 - x)
    return x


# -- faults ------------------------------------------------------------------------------------------


class Fault(NamedTuple):
    """`damage(cotangent, dy, x)` is what a wrong rule says where the right one says `cotangent`."""

    kind: str
    damage: Callable[[Any, Any, Any], Any]
    of: str = "gradient"
    single: bool = False


def _one_entry(ct: Any, _dy: Any, _x: Any) -> Any:
    mask = np.ones(np.shape(ct))
    mask.flat[np.argmax(np.abs(np.ravel(plain(ct))))] = -1.0
    return ct * mask if np.ndim(ct) else -ct


def _where(condition: Any, ct: Any, factor: float) -> Any:
    mask = np.where(np.broadcast_to(condition, np.shape(ct)) if np.ndim(ct) else condition, factor, 1.0)
    return ct * (mask if np.ndim(ct) else float(mask))


def _branch(ct: Any, _dy: Any, x: Any) -> Any:
    ct = _spread(ct, x)
    return _where(plain(x) > 0.5, ct, 1.01) if _fits(ct, x) else ct * 1.01


def _negative(ct: Any, _dy: Any, x: Any) -> Any:
    ct = _spread(ct, x)
    return _where(plain(x) < 0, ct, -1.0) if _fits(ct, x) else ct


def _at_zero(ct: Any, dy: Any, x: Any) -> Any:
    return ct + np.where(plain(x) == 0, -3.0, 0.0) if _fits(ct, x) else ct


def _spread(ct: Any, x: Any) -> Any:
    """A cotangent that is the same for all elements, as one for each."""
    return ct * np.ones(np.shape(x)) if np.ndim(ct) == 0 and isinstance(plain(x), np.ndarray) else ct


def _single(ct: Any, _dy: Any, _x: Any) -> Any:
    return ct * np.float32(1.01) if getattr(plain(ct), "dtype", float) == np.float32 else ct


def _second(ct: Any, _dy: Any, x: Any) -> Any:
    return ct + 0.1 * np.sum(ignore_derivatives(x) - x) if isinstance(plain(x), (float, np.ndarray)) else ct


FAULTS = [
    Fault("a factor 1 + 1e-6", lambda ct, dy, x: ct * (1 + 1e-6)),
    Fault("a factor 1 + 1e-3", lambda ct, dy, x: ct * 1.001),
    Fault("the sign of one entry", _one_entry),
    Fault("wrong on one branch", _branch),
    Fault("wrong for negative arguments", _negative),
    Fault("wrong at 0", _at_zero),
    Fault("None", lambda ct, dy, x: None),
    Fault("wrong in float32 only", _single, single=True),
    Fault("wrong to second order only", _second, of="second"),
]


def _fits(ct: Any, x: Any) -> bool:
    return isinstance(plain(x), (float, np.ndarray)) and np.shape(ct) == np.shape(x)


@contextlib.contextmanager
def planted(name: str, k: int, fault: Fault) -> Iterator[None]:
    """The rule of primitive `name` for its input k is wrong meanwhile."""
    primitive = PRIMITIVES[name]
    vjps, number = primitive.vjps, primitive.number_vjp
    assert vjps is not None
    right = vjps[k]

    def wrong(dy: Any, y: Any, *xs: Any, **options: Any) -> Any:
        return fault.damage(right(dy, y, *xs, **options), dy, xs[k])  # type: ignore[misc]

    def wrong_number(ct: Any, values: Any) -> Any:
        parts = list(number(ct, values))  # type: ignore[misc]
        if parts[k] is not None:
            damaged = fault.damage(parts[k], ct, values[1 + k])
            parts[k] = 0.0 if damaged is None else damaged  # rules of numbers have no None
        return tuple(parts)

    primitive.vjps = (*vjps[:k], wrong, *vjps[k + 1 :])
    primitive.number_vjp = number and wrong_number
    primitive.keeps = {}
    try:
        yield
    finally:
        primitive.vjps, primitive.number_vjp, primitive.keeps = vjps, number, {}


def sites(function: Function) -> list[tuple[str, int]]:
    """The primitives of a function, and their inputs, that a fault can be planted in."""
    found = {}
    for step in Recording(function.f, function.xs).steps:
        vjps = step.primitive.vjps
        if step.is_argument or vjps is None or step.primitive.name == "getitem":
            continue
        for k, x in enumerate(step.inputs):
            if not isinstance(x, (float, int, np.ndarray)) and vjps[k] is not None:
                found[step.primitive.name, k] = None
    return list(found)


class Outcome(NamedTuple):
    kind: str
    where: str
    effect: bool  #: does the fault change the gradient?
    above: bool  #: by more than the tolerance that the report states?
    judged: bool
    found: bool
    blamed: bool


def plant(function: Function, name: str, k: int, fault: Fault) -> Outcome:
    xs = tuple(np.asarray(x, np.float32) if fault.single else x for x in function.xs)
    f = function.f
    of = fault.of
    right = _asked(f, xs, of)
    with planted(name, k, fault):
        wrong = _asked(f, xs, of)
        report = cross_check(f, *xs, engines=ENGINES, of=of)
    change = [_change(a, b) for a, b in zip(right, wrong, strict=True)]
    effect = any(c > 1e-13 * s for c, s in change)
    judged = [line for line in report.lines if line.verdict != UNSURE]
    above = any(
        change[int(line.path[1])][0] > line.tolerance
        for line in judged
        if line.path[:1] == "[" and len(line.path) == 3
    )
    named = [f"rule of {name!r}" in suspect for suspect in report.suspects]
    return Outcome(
        fault.kind,
        f"{function.name}: {name}[{k}]",
        effect,
        above,
        bool(judged),
        bool(report.mismatches),
        bool(named) and all(named),
    )


def _asked(f: Callable[..., Any], xs: tuple[Any, ...], of: str) -> Any:
    if of == "gradient":
        return gradient(f, *xs)
    from fluxbridge.check.cross import _weighted_gradient

    return gradient(_weighted_gradient(f, xs, 0), *xs)


def _change(a: Any, b: Any) -> tuple[float, float]:
    """(by how much two gradients differ, their size)."""
    a, b = (np.zeros(()) if v is None else np.asarray(v, float) for v in (a, b))
    return float(np.max(np.abs(a - b), initial=0.0)), float(np.max(np.abs(a), initial=0.0))


def all_faults() -> list[tuple[Function, str, int, Fault]]:
    return [(f, name, k, fault) for f in FUNCTIONS for name, k in sites(f) for fault in FAULTS]


# -- right functions that are hard -------------------------------------------------------------------


def hilbert(n: int) -> np.ndarray:
    return 1.0 / (np.arange(n)[:, None] + np.arange(n) + 1.0)


def _logistic_map(x: Any, n: int) -> Any:
    for _ in range(n):
        x = 3.9 * x * (1 - x)
    return x


def hard() -> list[Function]:
    """Right functions at points where differences overflow, alias, drown in rounding, or have no limit."""
    found: list[Function] = []

    def add(name: str, f: Callable[..., Any], *xs: Any) -> None:
        found.append(Function(name, f, xs))

    for a in (10.0, 300.0, 500.0, 600.0, 700.0, 709.0, 709.7, 710.0):
        add(f"exp at ±{a:g}", lambda x: np.sum(np.exp(x)), np.array([a, -a, 1.0]))
        add(f"log sum exp at {a:g}", lambda x: np.log(np.sum(np.exp(x))), np.array([a, -a, 1.0]))
        add(f"sinh at {a:g}", lambda x: np.sinh(x), a)
    for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13):
        h = hilbert(n)
        add(f"inverse of Hilbert {n}", lambda a: np.sum(np.linalg.inv(a)), h)
        add(f"solve with Hilbert {n}", lambda a, b: np.sum(np.linalg.solve(a, b) ** 2), h, np.ones(n))
        add(f"determinant of Hilbert {n}", np.linalg.det, h)
    for p in range(1, 18):
        c = 10.0**p
        add(f"sin(1e{p} x)", lambda x, c=c: np.sin(c * x), 1.0)
        add(f"sum of cos(1e{p} x)", lambda x, c=c: np.sum(np.cos(c * x)), np.array([0.3, -1.1]))
        add(f"(x + 1e{p}) - 1e{p}", lambda x, c=c: (x + c) - c, 1.0)
        add(f"((x + 1e{p}) - 1e{p})²", lambda x, c=c: np.sum(((x + c) - c) ** 2), np.array([0.3, 1.0]))
        add(f"variance of x + 1e{p}", lambda x, c=c: np.var(x + c), np.array([0.3, 1.0, 2.0]))
    for p in (1, 5, 10, 20, 50, 100, 150, 200, 300):
        add(f"1e-{p} x²", lambda x, p=p: 10.0**-p * x**2, 1.0)
        add(f"x³ at 1e-{p}", lambda x: x**3, 10.0**-p)
        add(f"log at 1e-{p}", np.log, 10.0**-p)
        add(f"1/x at 1e-{p}", lambda x: 1 / x, 10.0**-p)
        add(f"x² at 1e{p}", lambda x: np.sum(x**2), np.array([10.0**p, 1.0]))
    for n in (10, 20, 40, 60, 80):
        add(f"{n} logistic maps", lambda x, n=n: _logistic_map(x, n), 0.3)
        add(f"product of {n} factors", lambda x, n=n: np.prod(x - np.arange(1.0, n)), 3.0 + 1e-5)
    x3 = np.array([2.0, 2.0, 2.0])
    zero = np.zeros(3)
    w = np.array([1.0, -2.0, 5.0])
    add("absolute at 0", abs, 0.0)
    add("relu at 0", lambda x: np.maximum(x, 0.0), 0.0)
    add("relus at 0", lambda x: np.sum(np.maximum(x, 0.0) * w), zero)
    add("maximum of equal numbers", np.max, x3)
    add("minimum of equal numbers", lambda x: np.min(x) + np.sum(x), x3)
    add("median of equal numbers", np.median, x3)
    add("sort of equal numbers", lambda x: np.sort(x) @ w, x3)
    add("norm at 0", np.linalg.norm, zero)
    add("absolute of a sum at 0", lambda x: np.abs(np.sum(x)), zero)
    add("clip at its border", lambda x: np.sum(np.clip(x, 0.0, 1.0)), np.array([0.0, 1.0, 0.5]))
    add("floor at 2", lambda x: np.floor(x) + x, 2.0)
    add("round at 2.5", lambda x: np.round(x) * x, 2.5)
    add("remainder at a multiple", lambda x: np.mod(x, 3.0), 6.0)
    add("square root at 0", np.sqrt, 0.0)
    add("cube root at 0", np.cbrt, 0.0)
    add("x^1.5 at 0", lambda x: x**1.5, 0.0)
    add("a kink 1e-9 away", lambda x: np.abs(x) + np.abs(x - 1e-9), 0.0)
    add("a steep kink 1e-10 away", lambda x: 1e12 * np.abs(x - 1e-10), 0.0)
    add("where at 0", lambda x: np.sum(np.where(x > 0, x**2, -x)), zero)
    add("tangent at π/2", np.tan, math.pi / 2)
    add("modulus at 0", np.abs, 0j)
    add("eigenvalue of equal ones", lambda a: np.linalg.eigh(a + a.T)[0][0], np.eye(3))
    add("singular value", lambda a: np.linalg.svd(a)[1][0], np.ones((3, 3)))
    add("index", lambda x, i: x[i] ** 2, np.array([1.0, 2.0]), 1)
    add("indices", lambda x, i: np.sum(x[i] ** 2), np.array([1.0, 2.0]), np.array([0, 1]))
    add("axis", lambda x, axis: np.sum(np.sum(x, axis=axis) ** 2), np.ones((2, 3)), 1)
    add("count", lambda x, n: sum(x**k for k in range(n)), 0.5, 4)
    add("count of repeats", lambda x, n: np.sum(np.repeat(x, n) ** 2), np.ones(2), 3)
    add("power of a negative number", lambda x, n: x**n, -0.5, 3)
    add(
        "cancellation in float32",
        lambda x: np.sum((x + np.float32(1e7)) - np.float32(1e7)),
        np.ones(3, np.float32),
    )
    add(
        "a float32 constant",
        lambda x: np.sum(np.float32(0.1) * x * np.ones(3, np.float32)),
        np.ones(3, np.float32),
    )
    add("a stiff softplus", lambda x: np.logaddexp(0.0, 1e10 * x) / 1e10, 0.0)
    add("a steep tanh", lambda x: np.tanh(1e6 * x), 1e-7)
    add("600 entries", lambda x: np.sum(np.tanh(x) ** 2), np.linspace(-2, 2, 600))
    add("600 kinks", lambda x: np.sum(np.maximum(x, 0.0) * np.cos(np.arange(600.0))), np.zeros(600))
    return found


# -- the tables --------------------------------------------------------------------------------------


def ask(function: Function) -> Report:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return cross_check(function.f, *function.xs, engines=ENGINES)


def survey(cases: list[tuple[Function, str, int, Fault]]) -> list[Outcome]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return [plant(*case) for case in cases]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.check.power", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--every", type=int, default=1, help="take every so many-th case only")
    options = parser.parse_args()
    outcomes = [o for o in survey(all_faults()[:: options.every]) if o.effect]
    print("| fault | planted | above the tolerance | found | of these blamed rightly |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for kind in [*dict.fromkeys(o.kind for o in outcomes), "all"]:
        chosen = [o for o in outcomes if kind in (o.kind, "all")]
        above = [o for o in chosen if o.above or o.found]
        caught = [o for o in chosen if o.found]
        share = len(caught) / max(1, len(above))
        right = sum(o.blamed for o in caught) / max(1, len(caught))
        print(f"| {kind} | {len(chosen)} | {len(above)} | {share:.1%} | {right:.1%} |")
    functions = hard()[:: options.every]
    verdicts = [ask(f).verdict for f in functions]
    counts = Counter(verdicts)
    print(f"\n{len(functions)} right functions: {counts['MISMATCH']} false alarms, {counts['ok']} compared, "
          f"{counts['nothing compared']} with nothing compared")  # fmt: skip
    for o in outcomes:
        if (o.above and not o.found) or (o.found and not o.blamed):
            print(f"{'blamed wrongly' if o.found else 'missed'}: {o.kind} in {o.where}")
    for f, verdict in zip(functions, verdicts, strict=True):
        if verdict == "MISMATCH":
            print(f"false alarm: {f.name}")


if __name__ == "__main__":
    main()
