"""Large functions are folded by call, layer and loop, and can be unfolded."""

from __future__ import annotations

import linecache
import sys

import numpy as np
import pytest

from fluxbridge import gradient
from fluxbridge.explanation import explain
from fluxbridge.explanation.folding import Group

rng = np.random.default_rng(3)


class Dense:
    def __init__(self, n, m):
        self.W, self.b = rng.normal(size=(m, n)), np.zeros(m)

    def __call__(self, x):
        return np.tanh(self.W @ x + self.b)


class Chain:
    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class LSTM:
    """A cell, written out."""

    def __init__(self, n, m):
        self.Wx, self.Wh, self.b = rng.normal(size=(4 * m, n)), rng.normal(size=(4 * m, m)), np.zeros(4 * m)

    def __call__(self, x, state):
        h, c = state
        i, f, g, o = np.split(self.Wx @ x + self.Wh @ h + self.b, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def through_time(cell, xs):
    state = np.zeros(3), np.zeros(3)
    for x in xs:
        state = cell(x, state)
    return np.sum(state[0])


MODEL = Chain(Dense(2, 8), Dense(8, 8), Dense(8, 1))
CELL, XS = LSTM(2, 3), rng.normal(size=(50, 2))


def loss(m, x):
    return np.sum(m(x) ** 2)


def shape(group, statements=False):
    """The tree as nested labels; loops with the number of their iterations, steps as names.

    Without statements their steps stand where they do.
    """
    found = []
    for i in group.items:
        if isinstance(i, Group) and i.kind == "line" and not statements:
            found += shape(i)
        elif isinstance(i, Group):
            found.append((i.label + (f" × {i.iterations}" if i.kind == "loop" else ""), shape(i, statements)))
        else:
            found.append(i.name)
    return found


def test_layers_are_groups_under_their_path():
    (chain, *rest) = shape(explain(loss, MODEL, np.ones(2)).tree)
    assert chain[0] == "m Chain"
    assert [label for label, _ in chain[1]] == ["m.layers[0] Dense", "m.layers[1] Dense", "m.layers[2] Dense"]
    assert chain[1][1][1] == ["v3", "v4", "x₂"]
    assert rest == ["v7", "v8"]


def test_a_recurrence_over_fifty_steps_is_one_line():
    explanation = explain(through_time, CELL, XS)
    assert len(explanation) > 900
    text = str(explanation)
    assert len(text.splitlines()) < 35
    assert "▸ for x in xs, 50 iterations: state[0] " in text
    loop = next(g for g in explanation.tree.groups() if g.kind == "loop")
    assert loop.iterations == 50
    assert len({len(list(turn.lines())) for turn in loop.items}) == 1
    assert explanation.check() < 1e-12
    assert len(explanation.html()) < 200_000
    assert len(explanation.mermaid().splitlines()) < 20


def test_unfolding_by_name():
    folded = explain(loss, MODEL, np.ones(2)).fold(1)
    assert "v3 = " not in str(folded)
    opened = folded.unfold("layers[1]")
    assert "v3 = m.layers[1].W · x₁" in str(opened) and "v1 = " not in str(opened)
    assert "v̄3" in str(opened)
    assert "v1 = m.layers[0].W · x" in str(opened.unfold("m.layers[0]"))
    assert "v3 = " not in str(folded)  # the first one is as it was
    assert str(folded.unfold()) == str(explain(loss, MODEL, np.ones(2)).unfold())
    with pytest.raises(
        KeyError, match=r"nothing to unfold is called 'layers\[7\]'; there is: m, m\.layers\[0\]"
    ):
        folded.unfold("layers[7]")


def test_unfolding_by_depth():
    explanation = explain(loss, MODEL, np.ones(2), depth=0)
    rows = [len(str(explanation.unfold(depth=d)).splitlines()) for d in range(3)]
    assert rows[0] < rows[1] < rows[2]
    assert str(explanation.unfold(depth=2)) == str(explain(loss, MODEL, np.ones(2)))


def test_unfolding_a_loop_shows_its_first_and_last_turns():
    text = str(explain(through_time, CELL, XS, limit=12).unfold("for x in xs"))
    assert "▾ iteration 1 of 50" in text and "▾ iteration 50 of 50" in text and "iteration 20 " not in text
    assert "… 38 more" in text
    assert "iteration 20 of 50" in str(explain(through_time, CELL, XS).unfold())


def test_limit_is_how_many_lines_there_are():
    def long(x):
        for _ in range(30):
            x = np.sin(x) * 2.0
        return x

    assert "▸ for _ in range(30), 30 iterations: x₃₀ " in str(explain(long, 1.0))
    assert "▸" not in str(explain(long, 1.0, limit=1000))


def loops(source, *xs):
    """The shape of what a source text does; f is the function in it."""
    name = f"<test of folding {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    words = {"np": np}
    exec(compile(source, name, "exec"), words)
    return shape(explain(words["f"], *xs).tree)


def test_a_while_loop_goes_by_its_condition():
    (_, _, loop) = loops(
        "def f(a):\n"
        "    x = (1 + a) / 2\n"
        "    while abs(x * x - a) > 1e-12:\n"
        "        x = (x + a / x) / 2\n"
        "    return x\n",
        2.0,
    )  # fmt: skip
    assert loop[0] == "while abs(x * x - a) > 1e-12 × 4"
    assert [len(turn[1]) for turn in loop[1]] == [3, 3, 3, 3]  # the test is no step


def test_a_loop_of_one_instruction():
    (loop,) = loops("def f(x):\n    for _ in range(5):\n        x = np.sin(x)\n    return x\n", 1.0)
    turns = [(f"iteration {k} of 5", [f"x{'₀₁₂₃₄₅'[k]}"]) for k in range(1, 6)]
    assert loop == ("for _ in range(5) × 5", turns)


def test_loops_in_loops():
    (loop,) = loops(
        "def f(x):\n"
        "    for i in range(3):\n"
        "        y = x * 2.0\n"
        "        for j in range(4):\n"
        "            y = np.sin(y)\n"
        "        x = x + y\n"
        "    return x\n",
        1.0,
    )  # fmt: skip
    assert loop[0] == "for i in range(3) × 3"
    for _, turn in loop[1]:
        assert [i if isinstance(i, str) else i[0] for i in turn][1] == "for j in range(4) × 4"


def test_a_loop_that_runs_once_is_no_group():
    assert loops("def f(x):\n    for _ in range(1):\n        x = np.sin(x) + 1.0\n    return x\n", 1.0) == [
        "v1",
        "x₁",
    ]


def test_comprehensions():
    tree = loops("def f(xs):\n    return sum([np.sin(x) * x for x in xs])\n", [1.0, 2.0, 3.0])
    (loop, *_) = [i for i in tree if not isinstance(i, str)]
    assert loop[0].endswith("× 3")


def test_functions_are_called_by_their_name():
    tree = loops(
        "def square(x):\n    y = x * 1.0\n    return y * y\n\ndef f(x):\n    return square(x) + square(x)\n",
        3.0,
    )
    assert [i if isinstance(i, str) else i[0] for i in tree] == ["square", "square", "v3"]


def test_recursion():
    tree = loops("def f(x, n=3):\n    return x if n == 0 else np.sin(f(x * 2.0, n - 1))\n", 1.0)
    assert tree[-1] == "v4" and tree[0] == "x₁" and tree[1][0] == "f"


def test_parts_of_the_gradient_that_never_matter_are_not_in_the_reverse_sweep():
    text = str(explain(lambda x: (x * 3.0, x * x)[1], 2.0))
    assert "v1 = x · 3" in text and "v̄1" not in text


@pytest.mark.skipif(sys.version_info < (3, 11), reason="expressions since Python 3.11")
def test_expressions_over_several_lines():
    def f(x):
        return np.sum(
            x  # the point
            * 2.0
        )

    assert explain(f, np.ones(2))["v1"].source.expression == "x * 2.0"


class Scale:
    """A layer without parameters."""

    def __call__(self, x):
        return x * 2.0 + 1.0


def test_layers_without_parameters_are_groups_too():
    tree = shape(explain(loss, Chain(Dense(2, 3), Scale(), Dense(3, 1)), np.ones(2)).tree)
    assert tree[0][1] == [
        ("m.layers[0] Dense", ["v1", "v2", "x₁"]), ("Scale", ["v3", "x₂"]),
        ("m.layers[2] Dense", ["v4", "v5", "x₃"]),
    ]  # fmt: skip


def test_settings_of_objects_are_not_listed():
    class Sized(Scale):
        def __init__(self):
            self.size = 3
            self.factor = 2.0

        def __call__(self, x):
            return x * self.factor

    text = str(explain(lambda m, n, x: m(x), Sized(), 4, 1.0))
    assert "m.factor" in text and "m.size" not in text
    assert "  n  " in text and "= None" in text


# -- turns ---------------------------------------------------------------------------------------------------


def turns(f, *xs):
    """The loops of a run, each with its turns, from the outside in."""
    return [
        (g.label.partition(" ")[0], g.iterations) for g in explain(f, *xs).tree.groups() if g.kind == "loop"
    ]


def nested(x):
    total = 0.0
    for i in range(2):
        for j in range(3):
            total = total + x * i * j
    return total


def nested_in_while(x):
    total, i = 0.0, 0
    while i < 2:
        for j in (2.0, 3.0, 4.0):
            total = total + x * j
        i += 1
    return total


def sums_in_a_loop(x):
    parts = []
    for _ in range(2):
        parts.append(sum(x * k for k in range(3)))
    return parts[0] + parts[1]


def many_steps_on_a_line(x):
    total = 0.0
    for _ in range(2):
        total = total + sum([x * 1.0, x * 2.0, np.sin(x), np.sin(x)])
    return total


def the_variable_is_bound_again(x):
    total = 0.0
    for k in (1.0, 2.0):
        k = k * x
        total = total + k * k
    return total


def comprehension_in_while(x):
    total, i = 0.0, 0
    while i < 2:
        total = total + np.sum(np.stack([x * k for k in (1.0, 2.0, 3.0)]))
        i += 1
    return total


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (nested, [("for", 2), ("for", 3), ("for", 3)]),
        (nested_in_while, [("while", 2), ("for", 3), ("for", 3)]),
        (sums_in_a_loop, [("for", 2)]),
        (many_steps_on_a_line, [("for", 2)]),
        (the_variable_is_bound_again, [("for", 2)]),
        (comprehension_in_while, [("while", 2), ("comprehension", 3), ("comprehension", 3)]),
        (lambda x: sum([np.exp(v) * v for v in [x, x]]), [("comprehension", 2)]),
        (lambda x: sum([np.exp(v * k) * v for k in (1.0, 2.0, 3.0) for v in [x, x * k]]), None),
    ],
)
def test_turns_are_counted(f, expected):
    found = turns(f, 2.0)
    assert found == expected if expected is not None else all(n <= 6 for _, n in found)


@pytest.mark.once
def test_a_gradient_inside_shows_the_lines_of_the_user():
    def f(x):
        return gradient(lambda y: x * y**3, 2.0)[0]

    explanation = explain(f, 5.0)
    assert all(group.kind == "line" for group in explanation.tree.groups())
    first = f.__code__.co_firstlineno
    for line in explanation.lines:
        if not line.is_argument:
            assert line.source.line == first + 1 and "gradient" in line.source.expression + "gradient"


def test_a_function_that_returns_its_argument():
    explanation = explain(lambda x: x, 2.0)
    assert "the result is x itself" in explanation.text() and "does not depend" not in explanation.text()
    assert "the result is x itself" in explanation.latex() and "the result is x itself" in explanation.html()
    assert "\n\n" not in explanation.latex() and explanation.gradient == (1.0,)
    constant = explain(lambda x, name: 3.0, 2.0, "a")
    assert "does not depend" in constant.text() and r"\text{name}} &= \text{None}" in constant.latex()
