"""What the page computes is what Python computes: every operation, at other points than the recorded one."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from explanation.theatre.engine import evaluate
from goldentexts import FOLDER, PROGRAMS

import fluxbridge.flux  # noqa: F401  (its activations are primitives, too)
from fluxbridge import withgradient
from fluxbridge.autodiff.primitive import PRIMITIVES
from fluxbridge.explanation import explain
from fluxbridge.explanation.theatre.content import content
from fluxbridge.explanation.theatre.javascript import ELEMENTWISE, GROUPS, KINKS, LINEAR, QUESTIONS, script
from fluxbridge.explanation.theatre.page import resource
from fluxbridge.explanation.theatre.program import NeedsKernel, encoded, program
from fluxbridge.nonsmooth.table import kinks_of
from fluxbridge.recording.shorten import shown

EVERYWHERE = np.array([-2.5, -1.2, -0.3, 0.4, 1.6, 3.5])
POSITIVE = np.array([0.2, 0.7, 1.3, 2.0, 3.7])
INSIDE = np.array([-0.9, -0.3, 0.2, 0.6, 0.95])
DOMAINS = {
    **dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt", "power", "reciprocal", "cbrt"), POSITIVE),
    **dict.fromkeys(("arcsin", "arccos", "arctanh"), INSIDE),
    "arccosh": POSITIVE + 1,
}
SECOND = {"celu": 1.3, "elu": 0.7, "leakyrelu": 0.2}  # a parameter
A = np.array([[0.5, -1.2, 2.0], [1.5, 0.3, -0.7]])
B = np.array([[0.3, 0.8], [-1.1, 0.4], [0.9, -0.6]])
V = np.array([0.7, -1.4, 2.2, 0.1])


def computed(cases: list[tuple[Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]]) -> list[Any]:
    """For each function, recorded at one point, what JavaScript makes of it at another."""
    programs, operations, questions, points = [], [], [], []
    for f, xs, others in cases:
        made = json.loads(json.dumps(program(explain(f, *xs)), allow_nan=False))
        operations += [step["operation"] for step in made["steps"]]
        questions += [test["question"] for test in made["tests"]]
        programs.append(made)
        points.append({str(k): encoded(x) for k, x in enumerate(others)})
    code = "\n".join(
        [*map(resource, ("values.js", "words.js", "operations.js")), script(operations, questions)]
    )
    code += f"\nconst programs = {json.dumps(programs)}, points = {json.dumps(points)};"
    return evaluate(
        code,
        """programs.map((program, k) => {
          const found = compute(program, OPERATIONS, QUESTIONS, {...program.given, ...points[k]});
          if (!found.values) return {changed: found.changed ? found.changed.text : null};
          const back = pullBack(program, OPERATIONS, found.values);
          return {value: found.values.get(program.out), odd: Boolean(back.odd),
            gradient: Object.keys(points[k]).map((id) => back.cotangents.get(Number(id)) ?? null)};
        })""",
    )


def agree(f: Callable[..., Any], xs: tuple[Any, ...], found: dict[str, Any], name: str) -> None:
    value, gradient = withgradient(f, *xs)
    assert "value" in found, (name, found)
    assert not found["odd"], name
    np.testing.assert_allclose(found["value"], value, rtol=1e-11, atol=1e-13, err_msg=name)
    for ours, theirs in zip(found["gradient"], gradient, strict=True):
        flat = ours["flat"] if isinstance(ours, dict) else ours
        if theirs is None:
            assert flat is None or not np.any(flat), name
        else:
            np.testing.assert_allclose(np.ravel(flat), np.ravel(theirs), rtol=1e-11, atol=1e-13, err_msg=name)


def _elementwise(name: str) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    apply = PRIMITIVES[name]
    grid = DOMAINS.get(name, EVERYWHERE)
    moved = grid[::-1].copy() * 0.97
    if name == "arccosh":
        moved = grid[::-1] * 1.1
    weights = np.linspace(0.5, 1.5, len(grid))
    if name == "literal_power":
        return (lambda x: np.sum(weights * apply(np.abs(x), 2.5))), (grid,), (moved,)
    if len(ELEMENTWISE[name]) == 2:
        return (lambda x: np.sum(weights * apply(x))), (grid,), (moved,)
    second = SECOND.get(name)
    if second is not None:
        return (lambda x, b: np.sum(weights * apply(x, b))), (grid, second), (moved, second * 1.1)
    weights = np.outer(weights, weights)
    return (lambda a, b: np.sum(weights * apply(a[:, None], b[None, :] + 0.05))), (grid, grid), (moved, moved)


def test_every_elementwise_operation_equals_numpy():
    cases = [_elementwise(name) for name in ELEMENTWISE]
    for name, (f, _, others), found in zip(ELEMENTWISE, cases, computed(cases), strict=True):
        agree(f, others, found, name)


TOGETHER: dict[str, tuple[Any, ...]] = {
    "logsoftmax": (lambda x: np.sum(PRIMITIVES["logsoftmax"](x, axis=0) * A), A),
    "logsumexp": (lambda x: np.sum(PRIMITIVES["logsumexp"](x, axis=1) * 2), A),
    "max": (lambda x: np.sum(np.max(x, axis=1, keepdims=True) * A) + np.max(x), A),
    "min": (lambda x: np.sum(np.min(x, axis=0)), A),
    "norm2": (lambda x: np.linalg.norm(x) + np.sum(np.linalg.norm(x, axis=0)), A),
    "prod": (lambda x: np.prod(x) + np.sum(np.prod(x, axis=1)), A),
    "softmax": (lambda x: np.sum(PRIMITIVES["softmax"](x, axis=1) * A), A),
    "var": (lambda x: np.var(x) + np.sum(np.var(x, axis=(0,))), A),
}
LINEARLY: dict[str, tuple[Any, ...]] = {
    "sum": (lambda x: np.sum(np.sum(x, axis=0) ** 2), A),
    "mean": (lambda x: np.sum(np.mean(x, axis=1, keepdims=True) ** 2 * A), A),
    "where": (lambda x: np.sum(np.where(np.array([True, False, True]), x, 2.0) ** 2), A),
    "getitem": (lambda x: x[0, 1] * x[1, 2] + np.sum(x[:, ::2] ** 2) + np.sum(x[[0, 0]] ** 2), A),
    "reshape": (lambda x: np.sum((x.reshape(3, 2) @ x) ** 2), A),
    "transpose": (lambda x: np.sum((x.T @ A) ** 2), A),
    "concatenate": (lambda x: np.sum(np.concatenate([x, [1.0, 2.0], 2 * x]) ** 2), V),
    "stack": (lambda x: np.sum(np.stack([x[0], x[1] * x[2], 3.0]) ** 2), V),
    "flip, roll": (lambda x: np.sum(np.flip(x) * np.roll(x, 1) * x), V),
    "cumsum": (lambda x: np.sum(np.cumsum(x) ** 2), V),
    "pad": (lambda x: np.sum(np.pad(x, 1, constant_values=3.0) ** 3), V),
    "tile, broadcast_to": (lambda x: np.sum(np.tile(x, 2) ** 2) + np.sum(np.broadcast_to(x, (2, 4)) ** 3), V),
    "diag, trace": (lambda x: np.trace(np.diag(x) @ np.outer(x, x)), V),
    "matmul": (lambda a, b: np.sum((a @ b) ** 2), A, B),
    "matvec": (lambda a, x: np.sum((a @ x) ** 2), A, V[:3]),
    "vecmat": (lambda x, b: np.sum((x @ b) ** 2), V[:3], B),
    "dot": (lambda x: x @ x + x @ V, V),
    "outer": (lambda x, y: np.sum(np.outer(x, y) ** 2), V, V[:2]),
    "tensordot": (lambda a, b: np.sum(np.tensordot(a, b, 1) ** 2), A, B),
    "einsum": (lambda a, b: np.sum(np.einsum("ij,jk->ki", a, b) ** 2), A, B),
    "convolve": (lambda x, y: np.sum(np.convolve(x, y) ** 2), V, V[:2]),
    "cross": (lambda x, y: np.sum(np.cross(x, y) ** 2), V[:3], V[1:]),
}


@pytest.mark.parametrize("table", [TOGETHER, LINEARLY], ids=["groups", "linear"])
def test_operations_on_whole_arrays_equal_numpy(table):
    rng = np.random.default_rng(1)
    moved = [tuple(x * rng.uniform(0.6, 0.9, x.shape) for x in xs) for _, *xs in table.values()]
    cases = [(f, tuple(xs), other) for (f, *xs), other in zip(table.values(), moved, strict=True)]
    for name, (f, _, others), found in zip(table, cases, computed(cases), strict=True):
        agree(f, others, found, name)


def test_the_table_names_primitives_and_every_line_is_tested():
    assert set(ELEMENTWISE) | set(GROUPS) | LINEAR <= set(PRIMITIVES)
    assert set(KINKS) <= set(ELEMENTWISE) | set(GROUPS)
    for name, ties in KINKS.items():  # those that are missing here are of complex numbers
        assert len(ties) <= len(kinks_of(PRIMITIVES[name])) <= len(ties) + (name == "absolute")
    with_kinks = {n for n in [*ELEMENTWISE, *GROUPS] if kinks_of(PRIMITIVES[n])}
    assert with_kinks == set(KINKS)
    assert set(GROUPS) == set(TOGETHER)


ENDS = np.array([-3.0, -1.0, -1.0, 0.0, 1.0, 3.0, 6.0])
BORDERS = {
    **dict.fromkeys(("sqrt", "cbrt"), np.array([0.0, 4.0, 0.0])),
    **dict.fromkeys(("arcsin", "arccos"), np.array([-1.0, 0.5, 1.0])),
    "arccosh": np.array([1.0, 2.0]),
}
PAIRS = (np.array([0.0, 1.0, 2.0, -1.0, 0.0, 0.5]), np.array([0.5, 1.0, -2.0, -1.0, -1.0, 0.5]))
EQUAL = np.array([[2.0, 2.0, 1.0], [0.0, 0.0, 0.0]])


def test_kinks_at_another_point_are_pythons():
    """Recorded where all is smooth; at the other point the page says of each step what Python says."""
    cases = {}
    for name in KINKS:
        apply = PRIMITIVES[name]
        if name in GROUPS:
            cases[name] = (lambda x, f=apply: np.sum(f(x, axis=1)), (A,), (EQUAL,))
        elif name == "literal_power":
            cases[name] = (
                lambda x, f=apply: np.sum(f(x, 0.5)),
                (POSITIVE,),
                (np.array([0.0, 1.0, 0.0, 2.0, 3.0]),),
            )
        elif len(ELEMENTWISE[name]) == 2:
            borders = BORDERS.get(name, ENDS)
            smooth = np.full_like(borders, 1.25 if name == "arccosh" else 0.25)
            cases[name] = (lambda x, f=apply: np.sum(f(x)), (smooth,), (borders,))
        elif name in SECOND:
            cases[name] = (lambda x, f=apply: np.sum(f(x, 0.7)), (ENDS + 0.25,), (ENDS,))
        else:
            a, b = PAIRS
            others = {"power": (np.abs(a), np.abs(b)), "hypot": (a, a)}.get(name, PAIRS)
            cases[name] = (lambda a, b, f=apply: np.sum(f(a, b)), (np.abs(a) + 0.3, np.abs(b) + 2), others)
    programs = [program(explain(f, *xs)) for f, xs, _ in cases.values()]
    points = [{str(k): encoded(x) for k, x in enumerate(others)} for *_, others in cases.values()]
    parts = ("values.js", "words.js", "operations.js", "point.js")
    names = [step["operation"] for made in programs for step in made["steps"]]
    code = "\n".join([*map(resource, parts), script(names, ())])
    code += f"\nconst programs = {json.dumps(programs)}, points = {json.dumps(points)};"
    found = evaluate(
        code,
        """programs.map((program, k) => program.steps.map((step) => {
          const { values } = compute(program, OPERATIONS, QUESTIONS, {...program.given, ...points[k]});
          return kinkAt({ id: step.id, cotangent: 1 }, program, values) ?? "";
        }))""",
    )
    seen = set()
    for (name, (f, _, others)), remarks in zip(cases.items(), found, strict=True):
        with np.errstate(all="ignore"):
            lines = [line for line in explain(f, *others).lines if not line.is_argument]
        assert remarks == [line.kink for line in lines], name
        seen |= {name for line in lines if line.kink}
    assert seen == set(KINKS)


def babylonian(a):
    x = (1 + a) / 2
    while abs(x * x - a) > 1e-12:
        x = (x + a / x) / 2
    return x


def test_a_loop_that_runs_as_long_is_computed_and_one_that_does_not_says_so():
    same, other = computed([(babylonian, (2.0,), (2.1,)), (babylonian, (2.0,), (30.0,))])
    agree(babylonian, (2.1,), same, "babylonian")
    assert other == {"changed": "abs(x * x - a) > 1e-12"}


def test_a_mask_is_a_question():
    def f(x):
        return np.sum(np.where(x > 0, x * x, -x))

    same, other = computed([(f, (V,), (2 * V,)), (f, (V,), (-V,))])
    agree(f, (2 * V,), same, "mask")
    assert other == {"changed": "x > 0"}


QUESTIONED = {
    "lt": lambda x: x * x if x < 0.5 else x,
    "le": lambda x: x * x if x <= 0.5 else x,
    "gt": lambda x: x * x if x > 0.5 else x,
    "ge": lambda x: x * x if x >= 0.5 else x,
    "eq": lambda x: x * x if x == 0.5 else x,
    "ne": lambda x: x * x if x != 0.5 else x,
    "int": lambda x: x * int(x * 3),
    "bool": lambda x: x * x if x - 0.5 else x,
}


def test_a_question_with_the_same_answer_is_computed_and_any_other_says_so():
    same = computed([(f, (0.7,), (0.75,)) for f in QUESTIONED.values()])
    other = computed([(f, (0.7,), (0.5,)) for f in QUESTIONED.values()])
    for name, f in QUESTIONED.items():
        assert [test["question"] for test in program(explain(f, 0.7))["tests"]] == [name]
        agree(f, (0.75,), same.pop(0), name)
        assert "changed" in other[0] or name in ("lt", "ge"), (
            name
        )  # 0.5 < 0.5 and 0.5 >= 0.5 stay as they are
        if "value" in other[0]:
            agree(f, (0.5,), other[0], name)
        other.pop(0)


@pytest.mark.parametrize(
    ("f", "x", "reason"),
    [
        (lambda x: np.sum(x.astype(np.float32)), V, "float32"),
        (lambda x: np.linalg.det(np.outer(x, x) + np.eye(4)), V, "det is not written"),
        (lambda x: np.sum(np.sort(x) * V), V, "sort is not written"),
        (lambda x: np.sum(np.abs(np.fft.fft(x))), V, "complex128"),
        (lambda x: x[np.argmax(x)], V, "argmax"),
        (lambda x: np.sum(np.outer(x, x)), np.ones(40), "more than 256 elements"),
    ],
)
def test_what_is_not_written_needs_a_kernel(f, x, reason):
    with pytest.raises(NeedsKernel, match=reason):
        program(explain(f, x))


def test_a_rule_of_the_users_own_is_not_guessed():
    from fluxbridge import adjoint

    mine = adjoint(lambda x: (x * x, lambda dy: (3 * dy,)))
    with pytest.raises(NeedsKernel):
        program(explain(lambda x: mine(x) + 1.0, 2.0))


def test_all_questions_are_tried_or_of_the_same_kind():
    assert set(QUESTIONED) <= set(QUESTIONS)


def test_whole_programs_give_pythons_gradient():
    """The golden programs of explain, as far as a page can compute them, at their own points."""
    cases, reasons = {}, {}
    for name in PROGRAMS:
        words = runpy.run_path(str(FOLDER / f"{name}.py"))
        try:
            made = program(explain(words["f"], *words["xs"]))
        except NeedsKernel as reason:
            reasons[name] = str(reason)
            continue
        if len(made["given"]) == len(words["xs"]):
            cases[name] = (words["f"], tuple(words["xs"]), tuple(words["xs"]))
    assert len(cases) > len(PROGRAMS) // 3, reasons
    for (name, (f, xs, _)), found in zip(cases.items(), computed(list(cases.values())), strict=True):
        agree(f, xs, found, name)


def test_numbers_are_written_as_python_writes_them():
    rng = np.random.default_rng(0)
    halves = rng.integers(0, 2**24, 500) / 2.0 ** rng.integers(0, 12, 500)  # many stand between two texts
    spread = rng.standard_normal(500) * 10.0 ** rng.integers(-12, 12, 500)
    odd = [0.0, 16.40625, -16.40625, 0.5, 100000.5, 999999.5, 1e-5, 1e-4, 99999.95, 1e300, 5e-324]
    xs = [*odd, *halves.tolist(), *spread.tolist()]
    found = evaluate(resource("values.js"), f"{json.dumps(xs)}.map((x) => [numberText(x), numberText(x, 4)])")
    assert found == [[shown(x), shown(np.array([x]))[1:-1]] for x in xs]


def test_what_is_computed_from_values_without_a_question_needs_a_kernel():
    """Otherwise a page would go on with the values of the recorded point."""
    from fluxbridge import flux, ignore_derivatives

    rng = np.random.default_rng()
    hidden = {
        "held back": lambda x: x[0] * ignore_derivatives(x[1]),
        "held back in a function": lambda x: ignore_derivatives(lambda: 2 * x[0]) * x[1],
        "whole numbers": lambda x: np.sum(x.astype(int) * x),
        "equal ones": lambda x: np.sum(np.unique(x) ** 2),
        "inside of a layer": lambda x: flux.huber_loss(x, 2 * V),
        "drawn": lambda x: np.sum(x) * rng.random(),
    }
    for name, f in hidden.items():
        assert "others elsewhere" in content(explain(f, V), plots=False).get("kernel", ""), name
    plainly = {
        "a branch": lambda x: x[0] if x[1] > 0 else x[2],
        "a mask": lambda x: np.sum(x[x > 0]),
        "a loop": lambda x: sum(x[k] for k in range(3)),
        "an order": lambda x: max(x) * x[0],
    }
    for name, f in plainly.items():
        assert "program" in content(explain(f, V), plots=False), name


def number(value: Any) -> Any:
    """The numbers of a value of the page, or of the data of an explanation."""
    return np.ravel(value.get("flat", value.get("data")) if isinstance(value, dict) else value)


def pages_at(
    cases: list[tuple[Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]],
) -> list[dict[str, Any]]:
    """What a page shows of each function, recorded at one point, at another."""
    pages = [content(explain(f, *xs), plots=False) for f, xs, _ in cases]
    points = [{str(k): encoded(x) for k, x in enumerate(others)} for *_, others in cases]
    steps = [step["operation"] for page in pages for step in page["program"]["steps"]]
    tests = [test["question"] for page in pages for test in page["program"]["tests"]]
    parts = ("values.js", "words.js", "operations.js", "point.js")
    code = "\n".join([*map(resource, parts), script(steps, tests)])
    code += f"\nconst pages = {json.dumps(pages)}, points = {json.dumps(points)};"
    return evaluate(code, "pages.map((page, k) => atPoint(page, points[k]))")


def test_contributions_at_another_point_are_pythons():
    """Values of all that goes back, and the formulas that stand beside them."""
    B2, P = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.5, 2.0, 1.5])
    cases: list[Any] = [
        (f, (x,), (0.9 * x + 0.05,)) for f, *xs in LINEARLY.values() if len(xs) == 1 for x in xs
    ]
    cases += [
        (lambda x: np.sum(np.where(V > 0, 2.0, x) * np.where(x > 5, x, -x)), (V,), (V + 0.1,)),
        (lambda x: np.sum(np.concatenate([V, 2 * x, V, x * x]) ** 2), (V,), (V + 0.1,)),
        (lambda x: np.sum(np.stack([V, x, V * 2, x * 3]) ** 2), (V,), (V + 0.1,)),
        (lambda A, x: np.sum(1 - A @ x) * np.sum(3 - x), (B2, V[:2]), (B2 + 1, V[:2] * 2)),
        (lambda x: np.prod(x) + np.linalg.norm(x) + np.sum(x ** x[1]), (P,), (np.array([0.0, 2.0, 1.5]),)),
    ]
    for (f, _, others), found in zip(cases, pages_at(cases), strict=True):
        ours, theirs = found["data"], explain(f, *others).data(size=1000)
        assert ours["value"] == pytest.approx(number(theirs["value"])[0], rel=1e-12)
        for a, b in zip(ours["contributions"], theirs["contributions"], strict=True):
            np.testing.assert_allclose(number(a["value"]), number(b["value"]), rtol=1e-9, atol=1e-12)
            assert a.get("text", "") in ("", b.get("text", "")), a
        for ours_, theirs_ in zip(ours["groups"], theirs["groups"], strict=True):
            for a, b in zip(ours_.get("gives", []), theirs_.get("gives", []), strict=True):
                np.testing.assert_allclose(number(a["value"]), number(b["value"]), rtol=1e-9, atol=1e-12)
