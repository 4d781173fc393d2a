"""The tutorial "gradient function in Flux": its calls, run here, beside what Flux printed.

The mathematics is that of "Gradient và jacobien trong Flux" by phunc20 (a Pluto notebook, Flux
0.13). ``fluxbridge tutorial`` prints the table; the notebook gradient_in_flux.ipynb tells the story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from . import Diagonal, I, Params, Record, gradient, jacobian
from .shell import wrapped


class TutorialCall(NamedTuple):
    """One call of the tutorial."""

    julia: str  #: what the tutorial evaluates
    python: str  #: the same here
    run: Callable[[], Any]
    printed: Any  #: what Flux answered
    live: str = ""  #: for the real Flux, where `julia` relies on earlier cells or prints no plain data


A = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1]])
U = np.array([[1, 1, 1], [0, 1, 1], [0, 0, 1]])
X = np.array([[1, 2, 3], [4, 5, 6]])
Y = np.array([7, 8])
Z = np.array([1, 10, 100])
P, Q = np.array([2, 1]), np.array([2, 0])


def power_sum(x: Any, y: Any, d: Any) -> Any:
    """The tutorial's do block: the exponent is a size, counted from 1 as Julia does."""
    return np.sum(x ** x.shape[d - 1] + y)


def comatrix(a: np.ndarray) -> np.ndarray:
    """The matrix of signed minors, by deleting a row and a column at a time."""
    n = len(a)
    minors = [
        [np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) * (-1) ** (i + j) for j in range(n)]
        for i in range(n)
    ]
    return np.array(minors)


def det_identity() -> bool:
    """d(det X) = tr(X̃ᵀ H) for a small change H, X̃ the comatrix."""
    rng = np.random.default_rng(2013)
    x, h = rng.integers(1, 11, (3, 3)), rng.integers(1, 11, (3, 3))
    slope: Any = gradient(np.linalg.det, x)[0]
    by_gradient = np.sum(slope * h)
    return bool(np.isclose(by_gradient, np.trace(comatrix(x).T @ h)))


def implicit() -> Any:
    g = gradient(lambda: np.sum(X * Y[:, None] * Z), Params([X, Y]))
    return g[X], Z in g


def implicit_keys() -> Any:
    g = gradient(lambda: np.sum((P - Q) ** 2), Params([P, Q]))
    return [array.tolist() for array in g.keys()]  # noqa: SIM118


#: Formatted by hand, as a table.
CALLS = [
    TutorialCall("gradient(x -> 3x^2 + 2x + 1, 3)", "gradient(lambda x: 3*x**2 + 2*x + 1, 3)",
        lambda: gradient(lambda x: 3 * x**2 + 2 * x + 1, 3), (20.0,)),
    TutorialCall("gradient((x, y, z) -> x*y + z^2, 1, 2, 3)", "gradient(lambda x, y, z: x*y + z**2, 1, 2, 3)",
        lambda: gradient(lambda x, y, z: x * y + z**2, 1, 2, 3), (2.0, 1.0, 6.0)),
    TutorialCall("gradient((x, y) -> sum((x - y).^2), [2., 1.], [2., 0.])",
        "gradient(lambda x, y: np.sum((x - y)**2), np.array([2., 1.]), np.array([2., 0.]))",
        lambda: gradient(lambda x, y: np.sum((x - y) ** 2), np.array([2.0, 1.0]), np.array([2.0, 0.0])),
        ([0.0, 2.0], [-0.0, -2.0])),
    TutorialCall("A = [1 0 1; 0 1 0; 0 0 1]; gradient((x, y) -> x'*A*y, [1,2,3], [4,5,6])",
        "gradient(lambda x, y: x @ A @ y, np.array([1,2,3]), np.array([4,5,6]))",
        lambda: gradient(lambda x, y: x @ A @ y, np.array([1, 2, 3]), np.array([4, 5, 6])),
        ([10.0, 5.0, 6.0], [1.0, 2.0, 4.0])),
    TutorialCall("Flux.jacobian(inv, Diagonal(ones(3)))", "jacobian(np.linalg.inv, Diagonal(np.ones(3)))",
        lambda: jacobian(np.linalg.inv, Diagonal(np.ones(3))), ((-np.eye(9)).tolist(),)),
    TutorialCall("gradient(det, Diagonal(ones(3)))", "gradient(np.linalg.det, Diagonal(np.ones(3)))",
        lambda: gradient(np.linalg.det, Diagonal(np.ones(3))), (np.eye(3).tolist(),)),
    TutorialCall("gradient(det, I)", "gradient(np.linalg.det, I)",
        lambda: gradient(np.linalg.det, I), (None,)),
    TutorialCall("gradient(det, [1 1 1; 0 1 1; 0 0 1])", "gradient(np.linalg.det, U)",
        lambda: gradient(np.linalg.det, U), ([[1.0, 0.0, 0.0], [-1.0, 1.0, 0.0], [0.0, -1.0, 1.0]],)),
    TutorialCall("sum(gradient(det, X)[1] .* H) == tr(X̃' * H)",
        "np.isclose(np.sum(gradient(np.linalg.det, x)[0] * h), np.trace(comatrix(x).T @ h))",
        det_identity, True,
        "X, H = rand(1:10, 3, 3), rand(1:10, 3, 3); "
        "sum(gradient(det, X)[1] .* H) ≈ tr(det(X) * inv(X) * H)"),
    TutorialCall("gradient(*, 2.0, 3.0, 5.0)", "gradient(lambda a, b, c: a * b * c, 2.0, 3.0, 5.0)",
        lambda: gradient(lambda a, b, c: a * b * c, 2.0, 3.0, 5.0), (15.0, 10.0, 6.0)),
    TutorialCall("gradient([7, 11], 0, 1) do x, y, d; p = size(x, d); sum(x.^p .+ y); end",
        "gradient(power_sum, np.array([7, 11]), 0, 1)",
        lambda: gradient(power_sum, np.array([7, 11]), 0, 1), ([14.0, 22.0], 2.0, None)),
    TutorialCall("g = gradient(Flux.params([x, y])) do; sum(x .* y .* z'); end; g[x], haskey(g, z)",
        "g = gradient(lambda: np.sum(x * y[:, None] * z), Params([x, y])); g[x], z in g",
        implicit, ([[7.0, 70.0, 700.0], [8.0, 80.0, 800.0]], False),
        "x = [1 2 3; 4 5 6]; y = [7, 8]; z = [1, 10, 100]; "
        "g = gradient(() -> sum(x .* y .* z'), Flux.Zygote.Params([x, y])); (g[x], haskey(g, z))"),
    TutorialCall("keys(gradient(() -> sum((x-y).^2), Flux.params(x, y)))",
        "gradient(lambda: np.sum((x - y)**2), Params([x, y])).keys()",
        implicit_keys, [[2, 1], [2, 0]],
        "x = [2, 1]; y = [2, 0]; "
        "collect(keys(gradient(() -> sum((x - y).^2), Flux.Zygote.Params([x, y]))))"),
]  # fmt: skip


def plain_form(x: Any) -> Any:
    """Arrays as nested lists, NumPy's numbers as Python's, so that answers compare and print alike."""
    if isinstance(x, Record):
        return Record(**{k: plain_form(v) for k, v in x.items()})
    if isinstance(x, dict):
        return {k: plain_form(v) for k, v in x.items()}
    if isinstance(x, (tuple, list)):
        return type(x)(map(plain_form, x)) if type(x) in (tuple, list) else tuple(map(plain_form, x))
    if isinstance(x, (np.ndarray, Diagonal, np.generic)):
        a = np.asarray(x)
        return (
            a.astype(str).astype(float) if a.dtype == np.float32 else a
        ).tolist()  # 0.1, not 0.10000000149
    return x


def agrees(got: Any, printed: Any, rtol: float = 1e-14) -> bool:
    """Equal, up to rounding in the last place (and zeros of either sign)."""
    if isinstance(printed, (dict, Record)):
        return (
            isinstance(got, (dict, Record))
            and got.keys() == printed.keys()
            and all(agrees(got[key], printed[key], rtol) for key in printed.keys())  # noqa: SIM118
        )
    if isinstance(printed, (tuple, list)):
        return (
            isinstance(got, (tuple, list))
            and len(got) == len(printed)
            and all(agrees(a, b, rtol) for a, b in zip(got, printed, strict=True))
        )
    if isinstance(printed, (float, complex)):
        return isinstance(got, type(printed)) and abs(got - printed) <= rtol * max(1.0, abs(printed))
    return bool(got == printed)


class Ledger:
    """The cells of a notebook that stand beside Julia's: checked at once, and live at the end.

    `definitions` is Julia code that the lines rely on.

    >>> julia_says = Ledger()
    >>> julia_says("gradient(x -> x^2, 3)", gradient(lambda x: x**2, 3), (6.0,))
    ours  (6.0,)
    Julia (6.0,)
    """

    def __init__(self, definitions: str = ""):
        self.definitions = definitions
        self.lines: list[tuple[str, Any, float]] = []

    def __call__(self, line: str, ours: Any, printed: Any, rtol: float = 1e-14) -> None:
        """Print our answer above the one that Julia printed for `line`; they must agree."""
        ours, printed = plain_form(ours), plain_form(printed)
        print(f"ours  {ours}\nJulia {printed}")
        assert agrees(ours, printed, rtol), f"not the answer of Julia to {line}"
        self.lines.append((line, ours, rtol))

    def live(self) -> list[tuple[str, Any]]:
        """Each line with what the real Julia answers now; all must agree. Starts Julia."""
        from . import julia

        body = ",\n".join(f"let\n{line}\nend" for line, _, _ in self.lines)
        answers = plain_form(julia.function(f"begin {self.definitions}\n() -> ({body},) end")())
        for (line, ours, rtol), answer in zip(self.lines, answers, strict=True):
            assert agrees(ours, answer, rtol), (line, ours, answer)
        return [(line, answer) for (line, _, _), answer in zip(self.lines, answers, strict=True)]


def run() -> Iterator[tuple[TutorialCall, Any, bool]]:
    """Every step with our answer and whether it is Flux's."""
    for step in CALLS:
        got = plain_form(step.run())
        yield step, got, agrees(got, step.printed)


def ask_flux(step: TutorialCall) -> Any:
    """What the real Flux answers now. Starts Julia; raises JuliaNotAvailable where there is none."""
    from . import julia

    return plain_form(julia.function(f"() -> begin {step.live or step.julia} end")())


def short(x: Any) -> str:
    """An answer on one line; a large identity by its words."""
    if isinstance(x, tuple) and len(x) == 1 and isinstance(x[0], list) and len(x[0]) > 4:
        a = np.array(x[0])
        if np.array_equal(a, a[0, 0] * np.eye(len(a))):
            return f"({len(a)}×{len(a)}, {a[0, 0]:g} on the diagonal, else 0)"
    return str(x)


def _line(label: str, text: str) -> str:
    return wrapped(f"    {label:<12}{text}", rest=" " * 12)


def show(live: bool = False) -> bool:
    """Print the table; True if every answer agrees. With `live` the real Flux is asked as well."""
    if live:
        from . import julia

        julia.start()  # if there is none, that is said before anything else
    good = 0
    for k, (step, got, same) in enumerate(run(), 1):
        good += same
        print(f"{k:2}." + _line("Julia", step.julia)[3:])
        print(_line("Python", step.python))
        print(_line("Flux", short(step.printed)))
        print(_line("fluxbridge", f"{short(got)}   {'✓ the same' if same else '✗ DIFFERENT'}"))
        if live:
            answer = ask_flux(step)
            also = agrees(got, answer)
            good -= same and not also
            print(_line("Flux now", f"{short(answer)}   {'✓ the same' if also else '✗ DIFFERENT'}"))
        print()
    print(f"{good} of {len(CALLS)} answers are those that Flux printed.")
    return good == len(CALLS)
