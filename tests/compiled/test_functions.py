"""What `compiled` gives goes where a function goes."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, state_of

from fluxbridge import compiled, flux, gradient
from fluxbridge.compiled import CompileWarning, cache
from fluxbridge.compiled.threads import parsed
from fluxbridge.errors import ArgumentError

pytestmark = pytest.mark.once


@compiled
def square(x: Any) -> Any:
    return x * x


class Model:
    k = 3.0

    @compiled
    def loss(self, x: Any) -> Any:
        return x * x * self.k

    @classmethod
    @compiled
    def of_class(cls, x: Any) -> Any:
        return x * cls.k


def test_it_is_pickled_by_name():
    assert pickle.loads(pickle.dumps(square)) is square
    assert copy.deepcopy(square) is square
    other = compiled(len)
    assert pickle.loads(pickle.dumps(other)).f is len


def test_methods():
    model = Model()
    for _ in range(3):
        assert model.loss(2.0) == 12.0 and Model.loss(model, 2.0) == 12.0
        assert gradient(model.loss, 2.0) == (12.0,)
        assert gradient(Model.of_class, 2.0) == (3.0,)
    assert "self" not in model.loss.source(2.0).split("\n")[0]
    model.k = 5.0
    assert gradient(model.loss, 2.0) == (20.0,)


def test_what_is_no_function():
    with pytest.raises(ArgumentError, match="takes a function, not a int"):
        compiled(3)  # type: ignore[arg-type]
    assert repr(square).startswith("compiled(<function square")


def test_the_function_that_is_used_stays(monkeypatch):
    monkeypatch.setattr(cache.CACHE, "bound", 3)

    def make(k: float) -> Any:
        names: dict[str, Any] = {}
        exec(f"def f(x):\n return x * {k}", names)
        return names["f"]

    used = make(1.0)
    for k in range(8):
        gradient(used, COMPILED, 2.0)
        gradient(make(k + 2.0), COMPILED, 2.0)
    assert state_of(used).traces == 1
    assert len(cache.CACHE) <= 3


def test_text_is_parsed_by_one_thread_at_a_time(monkeypatch):
    """Python 3.11 fails now and then when several do it."""
    import ast

    real, failures = ast.parse, [SystemError(), SystemError()]

    def parse(*args: Any, **options: Any) -> Any:
        if failures:
            raise failures.pop()
        return real(*args, **options)

    monkeypatch.setattr(ast, "parse", parse)
    assert ast.unparse(parsed("x + 1", "eval")) == "x + 1"


def test_training_with_implicit_parameters_says_that_it_runs_eagerly():
    w = np.array([1.0])
    with pytest.warns(CompileWarning, match="train_ with implicit parameters runs eagerly"):
        flux.train_(lambda x: np.sum(w * x), flux.params(w), [(3.0,)], flux.Descent(0.1), compile=True)
    assert w.round(6) == [0.7]


def test_training_takes_the_ways_to_compile():
    with pytest.raises(ArgumentError, match="compile is True"):
        flux.train_(lambda m, x: 0.0, {"w": np.ones(1)}, [1.0], flux.Descent(0.1), compile="fast")
