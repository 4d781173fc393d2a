"""What is kept of one call is used for another only where it fits: sources and captured values."""

from __future__ import annotations

import itertools
import operator
import random
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from librarycheck import NoBridge, check, check_calls, recorded
from programs import PROGRAMS
from test_spellings import _arguments, chosen

from fluxbridge.errors import FluxbridgeError
from fluxbridge.julia import source
from fluxbridge.julia.emit.questions import is_written
from fluxbridge.julia.emit.translation import Library
from fluxbridge.recording.keys import describe

A = np.array
X, Y, Z = A([1.0, 2.0, 4.0]), A([4.0, 1.0, 2.0]), A([2.0, -1.0, 0.0])
M = np.arange(12.0).reshape(3, 4)

# ---------------------------------------------------------------------------------------------
# Every primitive: everything that stands in a recorded step is changed
# ---------------------------------------------------------------------------------------------


def others(x: Any) -> list[Any]:
    """Values that must not be taken for `x`, or are passed anew."""
    if isinstance(x, np.ndarray):
        if x.dtype.hasobject or x.ndim == 0:
            return []
        found = [
            x[::-1].copy(),
            x.copy(),
            np.roll(x, 1),
            x[:1].copy(),
            x[None].copy(),
            -x if x.dtype != bool else ~x,
        ]
        if x.dtype.kind in "iu":
            found += [np.arange(x.size, dtype=x.dtype).reshape(x.shape), x.astype(np.int32), x - 1, x > 0]
        if x.dtype.kind == "f":
            found += [x.astype(np.float32), np.copysign(0.0, -x), x * np.nan]
        return found
    if isinstance(x, (bool, np.bool_)):
        return [not x, np.bool_(not x), int(x), float(x)]
    if isinstance(x, (int, np.integer)):
        return [x + 1, -x - 1, float(x), np.float32(x), 2**70, x == 1, (x,)]
    if isinstance(x, (float, np.floating)):
        return [-x, x + 1.0, np.nan, np.inf, -0.0, int(x) if np.isfinite(x) else 0, np.float32(x), complex(x)]
    if isinstance(x, complex):
        return [x.conjugate(), -x, complex(x.real, np.nan)]
    if isinstance(x, str):
        return [x + "x", x.upper(), None]
    if x is None:
        return [0, 1, False, "ortho"]
    if isinstance(x, slice):
        changed = [
            slice(*parts) for k in range(3) for parts in _with_one_changed([x.start, x.stop, x.step], k)
        ]
        return [*changed, None, ..., 0]
    if isinstance(x, (tuple, list)):
        again = list(x) if isinstance(x, tuple) else tuple(x)
        makes = type(x)._make if hasattr(x, "_make") else type(x)
        changed = [makes(parts) for k in range(len(x)) for parts in _with_one_changed(x, k)]
        return [again, makes(x[::-1]), *changed]
    if isinstance(x, (np.dtype, type)):
        return [np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.int64), np.dtype(complex)]
    return [] if x is not Ellipsis else [slice(None), None]


def _with_one_changed(parts: Any, k: int) -> list[list[Any]]:
    return [[*parts[:k], other, *parts[k + 1 :]] for other in others(parts[k])]


def changes(step: Any) -> Any:
    """(inputs, options) of a step with one of its constants or options changed."""
    for k, x in enumerate(step.inputs):
        if not hasattr(x, "primitive"):
            for inputs in _with_one_changed(step.inputs, k):
                yield tuple(inputs), step.options
    for name, value in step.options.items():
        for other in others(value):
            yield step.inputs, {**step.options, name: other}


def fuzzed(f: Any, xs: Any) -> int:
    """Put changed recordings to a library that knows the original, and the other way round."""
    run, count = recorded(f, xs), 0
    for step in run.steps:
        inputs, options = step.inputs, step.options
        library = Library()
        for step.inputs, step.options in list(changes(step)):  # noqa: B020
            count += 1
            check(library, run, f)
            reverse = Library()
            check(reverse, run, f)
            step.inputs, step.options = inputs, options
            check(library, run, f)
            check(reverse, run, f)
        step.inputs, step.options = inputs, options
    return count


SAMPLES = chosen()


@pytest.mark.parametrize("sample", [s for _, s in SAMPLES], ids=[n for n, _ in SAMPLES])
@pytest.mark.filterwarnings("ignore")
def test_everything_in_a_step_counts(sample):
    fuzzed(sample.f, _arguments(sample))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.name)
def test_other_values_in_whole_programs(program):
    rng = np.random.default_rng(0)

    def moved(x: Any) -> Any:
        if isinstance(x, (np.ndarray, float, np.floating)):
            return (
                type(x)(x * 1.01)
                if np.ndim(x) == 0
                else (x + 0.01 * rng.normal(size=x.shape)).astype(x.dtype)
            )
        if isinstance(x, (tuple, list)):
            return type(x)([moved(v) for v in x])
        return {k: moved(v) for k, v in x.items()} if isinstance(x, dict) else x

    calls = [(program.f, program.args), (program.f, moved(program.args)), (program.f, program.args)]
    check_calls(calls)


# ---------------------------------------------------------------------------------------------
# Positions and answers that change from call to call
# ---------------------------------------------------------------------------------------------

ROWS, FLAT = A([[0, 2, 1, 3]] * 3), A([0, 1, 2])


def _embedded(indices: Any) -> Any:
    from fluxbridge import flux

    layer = flux.Embedding((6, 2))
    return lambda x: np.sum(layer(indices) * x[0])


#: Functions of positions; each is asked with rows of neighbours and with others, in both orders.
BY_POSITION: dict[str, Any] = {
    "index": lambda i: lambda x: np.sum(x[i] * A([1.0, 10.0, 100.0])),
    "list": lambda i: lambda x: np.sum(x[i.tolist()] * A([1.0, 10.0, 100.0])),
    "take": lambda i: lambda x: np.sum(np.take(x, i) * A([1.0, 10.0, 100.0])),
    "columns": lambda i: lambda x: np.sum((x[None] * np.ones((2, 1)))[:, i] * A([1.0, 10.0, 100.0])),
    "rows": lambda i: lambda x: np.sum((x[:, None] * np.ones(2))[i] * A([[1.0], [10.0], [100.0]])),
    "two": lambda i: lambda x: np.sum((x[:, None] * x)[i, i[::-1]] * A([1.0, 10.0, 100.0])),
    "one and a number": lambda i: lambda x: np.sum((x[:, None] * x)[i, 1] * A([1.0, 10.0, 100.0])),
    "take_along_axis": lambda i: lambda x: np.sum(np.take_along_axis(x, i, 0) * A([1.0, 10.0, 100.0])),
    "Embedding": lambda i: _embedded(i),
    "repeat": lambda i: lambda x: np.sum(np.repeat(x, i) * np.arange(np.sum(i))),
    "delete": lambda i: lambda x: np.sum(np.delete(x, i[:1]) * A([1.0, 10.0])),
    "compress": lambda i: lambda x: np.sum(np.compress(i > 0, x) * A([1.0, 10.0])),
    "diagonal": lambda i: lambda x: np.sum(np.diagonal(x[:, None] * x, i[0] - 1)),
    "bincount": lambda i: lambda x: np.sum(np.bincount(i, x, 4) * A([1.0, 2.0, 3.0, 4.0])),
    "mask": lambda i: lambda x: np.sum(x[i > 0] * A([1.0, 10.0])),
    "where=": lambda i: lambda x: np.sum(x, where=i > 0) + np.mean(x, where=i > 1),
    "axis": lambda i: lambda x: np.sum(np.cumsum(x[:, None] * np.ones(3), axis=int(i[0]) % 2)[0]),
    "shift": lambda i: lambda x: np.sum(np.roll(x, i[0]) * A([1.0, 10.0, 100.0])),
}


@pytest.mark.parametrize("name", BY_POSITION)
def test_positions_may_change(name):
    make = BY_POSITION[name]
    found = [make(A(p)) for p in ([0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 1, 2], [0, 2, 1])]
    check_calls([(f, (X,)) for f in found])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x[np.argsort(x)] * A([1.0, 10.0, 100.0])),
        lambda x: np.sum(x[np.where(x > 1)[0]] ** 2),
        lambda x: np.sum(np.sort(x) * A([1.0, 10.0, 100.0])) + np.median(x),
        lambda x: x[np.argmax(x)] * 2 + np.sum(x[: int(np.argmin(x))]),
        lambda x: np.any(x > 3) * np.sum(x),
        lambda x: np.all(x > 0) * np.sum(x) + np.isfinite(x[0]) * x[1],
        lambda x: np.sum(np.where(A([True, False, False]), x, 0) + np.where(x > 3, x, 1)),
        lambda x: np.sum(x[x > 1]) + np.sum(x[A([True, False, True])]),
        lambda x: np.sum(x * (np.argsort(x) + 1)) + np.sum(x * np.searchsorted(np.sort(x), [1.0, 2.0, 3.0])),
        lambda x: np.sum(np.where(x > np.mean(x), x, -x)) * np.count_nonzero(x > 1),
        lambda x: np.sum(np.unique(x)) + np.ptp(x) + np.sum(np.partition(x, 1)[:1] * 0),
    ],
)
def test_values_choose(f):
    try:
        check_calls([(f, (x,)) for x in (X, Y, Z, X, X[::-1].copy())])
    except FluxbridgeError as error:
        assert "partition" in str(error)


def test_the_answers_of_the_issue_are_passed_anew():
    f = lambda x: np.sum(x[np.argsort(x)] * A([1.0, 10.0, 100.0]))  # noqa: E731
    library = Library()
    found = [library.find(NoBridge(), recorded(f, (x,)), f)[1] for x in (X, Y, X, Z)]
    assert [list(values[0]) if values else None for values in found] == [
        None,
        [2, 3, 1],
        [1, 2, 3],
        [2, 3, 1],
    ]


def test_equal_numbers_of_different_kinds_are_told_apart():
    constants = [
        1,
        1.0,
        True,
        np.float32(1),
        np.float64(1),
        np.int64(1),
        np.int8(1),
        np.bool_(True),
        1 + 0j,
        0.0,
        -0.0,
        0,
        False,
        np.nan,
        A(1.0),
        A([1.0]),
        2**70,
        np.uint64(1),
    ]

    def times(c: Any) -> Any:
        return lambda x: np.real(np.sum(x * c))

    for p in (X, X.astype(np.float32)):
        check_calls([(times(c), (p,)) for c in constants])
        for c, d in itertools.combinations(constants, 2):
            check_calls([(times(c), (p,)), (times(d), (p,))])


@pytest.mark.parametrize("b", [np.bool_(False), False])
def test_booleans_do_not_share_an_entry(b):
    library = Library()
    f, g = (lambda x, b=b: np.sum(x) * b), (lambda x: np.sum(x) * np.bool_(True))
    texts = [check(library, recorded(h, (X,)), h) for h in (f, g, f)]
    assert ["* 1.0" in t for t in texts] == [False, True, False]
    h = lambda b, x: b * x  # noqa: E731
    texts = [check(library, recorded(h, (v, 2.0)), h) for v in (b, np.bool_(True), True, b)]
    assert ["1.0 * x" in t for t in texts] == [False, True, True, False]


def test_a_number_and_a_list_of_numbers_are_two_steps():
    assert "x[1, 1] * 10 + sum(x[[1, 1], :])" in source(lambda x: x[0, 0] * 10 + np.sum(x[[0, 0]]), M)
    calls = [
        lambda x: np.sum(x[0, 0]),
        lambda x: np.sum(x[[0, 0]]),
        lambda x: np.sum(x[0][[0, 0]]),
        lambda x: np.sum(x[(0, 0)]),
    ]
    texts = check_calls([(f, (M,)) for f in calls])
    assert texts[0].splitlines()[1] == texts[3].splitlines()[1] != texts[1].splitlines()[1]


def test_the_same_array_and_equal_arrays_are_two_things():
    a, b, c = np.arange(20.0), np.arange(20.0), np.ones(20)

    def both(p: Any, q: Any) -> Any:
        return lambda x: np.sum(x * p) * np.sum(np.sin(x) * q)

    check_calls([(both(p, q), (2.0,)) for p, q in [(a, a), (a, b), (a, c), (c, a), (c, c)]])
    numbers = [(2.0, 2.0), (3.0, 3.0), (3.0, 4.0), (5.0, 5.0), (2.0, 7.0)]
    added = [((lambda x, p=p, q=q: x * p + x * q), (2.0,)) for p, q in numbers]
    check_calls(added)
    for pair in itertools.combinations(added, 2):
        check_calls(pair)
    i, j = A([0, 2]), A([0, 2])
    assert source(lambda x: x[i] * np.sin(x[i]), X).count("x[") == 1  # named, and used twice
    assert source(lambda x: x[i] * np.sin(x[j]), X).count("x[") == 2


def test_masks_that_are_changed_are_constants():
    def f(x):
        m = x > 0
        y = np.where(m, x, 0.0)
        m[0] = not m[0]
        return np.sum(y + np.where(m, x, 5.0))

    text = source(f, Z)
    assert "ifelse.(x .> 0, x, 0.0)" in text and "ifelse.([false, false, false], x, 5.0)" in text
    check_calls([(f, (x,)) for x in (X, Y, Z, -X)])


def test_constants_in_questions_are_captured():
    def over(t: Any, f: Any = operator.gt) -> Any:
        return lambda x: np.sum(np.where(f(x, t), x, 0.0) + x[f(x, t)].sum())

    thresholds = [0.5, 0.7, 1, 1.0, np.float32(0.5), A([0.0, 1.0, 5.0]), A([1.0, 1.0, 1.0]), np.nan]
    for x in (X, X.astype(np.float32)):
        check_calls([(over(t), (x,)) for t in thresholds])
        check_calls(
            [(over(t, f), (x,)) for t in thresholds[:3] for f in (operator.gt, operator.ge, np.isclose)]
        )
    small = X.astype(np.float32)
    library = Library()
    texts = [check(library, recorded(over(t), (small,)), over(t)) for t in (0.1, 0.2)]
    assert "x .> 0.1f0" in texts[0] and "x .> Float32(c)" in texts[1]


def test_structures_and_outputs_count():
    one, two = {"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}
    f = lambda d: d["a"] * 2 + d["b"]  # noqa: E731
    check_calls([(f, (d,)) for d in (one, two, {"a": 1.0, "b": 2.0, "c": 3.0}, {**one, "t": "x"})])
    g = lambda t: t[0] * t[1]  # noqa: E731
    check_calls(
        [
            (g, (t,))
            for t in (
                (1.0, 2.0),
                [1.0, 2.0],
                A([1.0, 2.0]),
                (1, 2),
                (np.float32(1), 2.0),
                (1.0, "x", 2.0)[::2],
            )
        ]
    )
    outs = [(lambda x, n=n: {"y": x * 2, "n": n}) for n in (3, 4, 4.0, None, "s", A([1, 2]), A([2, 1]), True)]
    check_calls([(h, (1.0,)) for h in outs])
    check_calls(
        [
            (h, (1.0,))
            for h in (lambda x: (x, x), lambda x: [x, x], lambda x: {"x": x}, lambda x: x, lambda x: 1.0)
        ]
    )


def test_defaults_keywords_and_options():
    def f(x, p=2.0):
        return np.sum(x**p)

    fs = [f, lambda x: f(x, 3), lambda x: f(x, 3.0), lambda x: f(x, 2), lambda x: f(x, np.float64(2.5))]
    check_calls([(g, (X,)) for g in fs])
    sums = [
        {},
        {"axis": 0},
        {"axis": (0, 1)},
        {"axis": -1},
        {"keepdims": True},
        {"axis": 0, "keepdims": True},
        {"dtype": np.float32},
        {"initial": 1.0},
        {"where": M > 3},
        {"where": M[:1] > 1},
        {"axis": 1},
    ]
    check_calls([((lambda x, o=o: np.sum(np.sum(x, **o))), (M,)) for o in sums])
    pieces = [
        0,
        -1,
        slice(None),
        slice(0, None),
        slice(None, -1),
        slice(0, -1),
        ...,
        None,
        (..., None),
        (None, ...),
        (0, 1),
        (slice(0, 2), 1),
        [0, 1],
        [True, False, True],
        A([True, False, True]),
        (0, None),
        A([0, 1]),
        A([0, 1], np.int8),
        (A([0, 1]), A([1, 0])),
        ([0, 1], [1, 0]),
        ([0], [1]),
        slice(None, None, -1),
        A(1),
        np.int64(1),
    ]
    check_calls([((lambda x, i=i: np.sum(x[i] ** 2)), (M,)) for i in pieces])
    check_calls(
        [((lambda x, n=n: np.sum(x.astype(n) * 2)), (X,)) for n in ("f4", "f8", float, np.float32, complex)][
            :4
        ]
    )


def test_randomness_is_captured_for_each_call():
    from fluxbridge import flux

    layer = flux.Dropout(0.5)
    f = lambda x: np.sum(layer(x))  # noqa: E731
    library, masks = Library(), []
    for _ in range(5):
        run = recorded(f, (np.ones(20),))
        check(library, run, f)
        masks.append(library.find(NoBridge(), run, f)[1][0])
        assert np.sum(masks[-1]) == run.value
    assert len({m.tobytes() for m in masks}) > 1


def test_training_and_test_mode_are_two_things():
    from fluxbridge import flux

    layer = flux.BatchNorm(3)
    check_calls(
        [
            ((lambda x, on=on: np.sum(flux.trainmode_(layer, on)(x) ** 2)), (M[:, :3] * k,))
            for on, k in ((True, 1.0), (False, 1.0), (True, 2.0), (False, 2.0))
        ]
    )


# ---------------------------------------------------------------------------------------------
# Random programs
# ---------------------------------------------------------------------------------------------


class Program:
    """A random function of a vector; its constants, positions and masks are drawn anew for each call."""

    def __init__(self, seed: int):
        self.shape = random.Random(seed)
        self.steps = [self.shape.choice(MOVES) for _ in range(self.shape.randint(1, 4))]

    def call(self, seed: int) -> Any:
        draw = np.random.default_rng(seed)
        moves = [step(draw) for step in self.steps]

        def f(x):
            y = x
            for move in moves:
                y = move(x, y)
            return np.sum(y)

        kind = [float, np.float32, np.int64][int(draw.integers(0, 12)) // 5]
        return f, (draw.integers(-3, 4, 4).astype(kind),)


def _perhaps_in_order(draw: Any) -> Any:
    """Four positions, often neighbours."""
    return np.arange(4) if draw.random() < 0.4 else draw.integers(0, 4, 4)


def _number(draw: Any) -> Any:
    return [2, 2.0, True, np.float32(2), np.bool_(False), 0.0, -0.0, 3, np.int8(2), np.bool_(True), 1.0][
        draw.integers(11)
    ]


def _with_index(draw: Any) -> Any:
    i = _perhaps_in_order(draw)
    return lambda x, y: y[i] * x


def _with_list(draw: Any) -> Any:
    i = _perhaps_in_order(draw).tolist()
    return lambda x, y: y[i] + y[(0,)]


def _with_number(draw: Any) -> Any:
    c, d = _number(draw), _number(draw)
    return lambda x, y: y * c + x * d


def _with_shared_number(draw: Any) -> Any:
    c = _number(draw)
    d = c if draw.random() < 0.5 else _number(draw)
    return lambda x, y: np.where(x > c, y, c) * d


def _with_mask(draw: Any) -> Any:
    m = draw.random(4) < 0.5
    return lambda x, y: np.where(m, y, 1.0) * np.where(x > 0, x, 2.0)


def _with_changed_mask(draw: Any) -> Any:
    k = int(draw.integers(0, 4))

    def move(x, y):
        m = x > 0
        first = np.where(m, y, 0.0)
        m[k] = True
        return first + np.where(m, y, 1.0)

    return move


def _with_boolean(draw: Any) -> Any:
    t = int(draw.integers(-3, 4))
    return lambda x, y: y * np.any(x > t) + x * np.all(np.isfinite(x))


def _with_order(draw: Any) -> Any:
    return lambda x, y: y[np.argsort(x)] * A([1.0, 2.0, 3.0, 4.0]) + np.take(x, np.argmax(x))


def _with_power(draw: Any) -> Any:
    p = [2, 3, 2.0, 1, 0][draw.integers(5)]
    return lambda x, y: y**p + x**p


def _with_slice(draw: Any) -> Any:
    n, k = int(draw.integers(0, 3)), int(draw.integers(-2, 2))
    return lambda x, y: y * np.sum(y[n:]) + np.roll(x, k) * y[n]


def _with_array(draw: Any) -> Any:
    small = draw.integers(0, 3, 4).astype(float)
    large = draw.integers(0, 3, (5, 4)).astype(float)
    other = large if draw.random() < 0.5 else large.copy()
    return lambda x, y: y * small + np.sum(large * y, axis=0) * np.sum(other * x, axis=0)


def _with_where(draw: Any) -> Any:
    m = draw.random(4) < 0.5
    return lambda x, y: y * np.sum(x, where=m) + np.sum(y, where=x > 1)


def _with_positions_of_a_condition(draw: Any) -> Any:
    t = int(draw.integers(-2, 3))
    return lambda x, y: y + np.sum(x[np.where(x > t)[0]]) + np.sum(np.compress(x > t, y))


def _with_rounding(draw: Any) -> Any:
    f = [np.round, np.floor, np.ceil, np.fix, np.logical_not, np.signbit, np.isfinite][draw.integers(7)]
    return lambda x, y: y * f(x * 0.7) + np.logical_and(x, y > 0) * x


def _with_a_branch(draw: Any) -> Any:
    t = int(draw.integers(-2, 3))
    return lambda x, y: y * x[0] if x[1] > t else y * int(x[2])


MOVES = [v for k, v in list(globals().items()) if k.startswith("_with_") and k != "_with_one_changed"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("part", range(10))
def test_random_programs(part):
    library = Library()  # what all of them know
    for seed in range(100 * part, 100 * part + 100):
        program = Program(seed)
        calls = [program.call(1000 * seed + k) for k in range(3)]
        check_calls(calls)
        for f, xs in calls:
            check(library, recorded(f, xs), f)


# ---------------------------------------------------------------------------------------------
# Threads, limits
# ---------------------------------------------------------------------------------------------


def test_threads_share_a_library():
    library, failed = Library(), []
    programs = [Program(seed) for seed in range(12)]

    def work(n: int) -> None:
        draw = random.Random(n)
        bridge = NoBridge()
        try:
            for _ in range(60):
                f, xs = draw.choice(programs).call(draw.randrange(40))
                run = recorded(f, xs)
                known, values = library.find(bridge, run, f)
                described = describe(run, is_written)
                again = known.emitted.values(run, described)
                assert again is not None and len(again) == len(values) == len(known.emitted.names)
        except BaseException as error:
            failed.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    finally:
        sys.setswitchinterval(interval)
    assert not failed, failed[0]


def test_a_constant_that_changes_is_compiled_once():
    library, bridge = Library(), NoBridge()
    for t in range(6):
        f = lambda x, t=t: np.sum(x[A([t % 3, 1])] * (0.1 * t)) + t  # noqa: E731
        library.find(bridge, recorded(f, (X,)), f)
    assert len(bridge.sources) == 2


def test_integers_that_julia_does_not_hold_are_refused():
    with pytest.raises(FluxbridgeError, match=r"literal_power is the integer 7.17898e\+23.*floats"):
        source(lambda x: x**50, 3)
    assert "x^50" in source(lambda x: x**50, 3.0)  # what the error says
    assert "x .* 1.1805916207174113e21" in source(lambda x: x * 2**70, X).replace("x *", "x .*")
