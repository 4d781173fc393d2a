"""Python functions inside of Julia, both nested, errors on every level, and threads."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import fluxbridge as fb
from fluxbridge import AutoZygote, julia
from fluxbridge.errors import MutationError, NotScalarError

pytestmark = pytest.mark.julia


def test_python_inside_julia() -> None:
    wave = julia.differentiable(lambda x: np.sum(np.sin(x)) ** 2)
    loss = julia.function("(f, x) -> 3f(2 .* x)")
    x = np.array([1.0, 2.0])
    none, g = fb.gradient(loss, AutoZygote(), wave, x)
    assert none is None
    np.testing.assert_allclose(g, fb.gradient(lambda x: 3 * np.sum(np.sin(2 * x)) ** 2, x)[0])
    assert loss(wave, x) == pytest.approx(3 * np.sum(np.sin(2 * x)) ** 2)
    np.testing.assert_allclose(fb.gradient(wave, AutoZygote(), x)[0], fb.gradient(wave, x)[0])


def test_python_function_with_structures() -> None:
    def affine(p: Any, x: Any) -> Any:
        return p.W @ x + p.b, x * 2

    loss = julia.function("(f, p, x) -> begin y, z = f(p, x); sum(y) + sum(z) end")
    p, x = fb.Record(W=np.ones((2, 3)), b=np.zeros(2)), np.arange(3.0)
    _, gp, gx = fb.gradient(loss, AutoZygote(), affine, p, x)
    np.testing.assert_allclose(gp.W, [[0, 1, 2], [0, 1, 2]])
    np.testing.assert_allclose(gp.b, [1, 1])
    np.testing.assert_allclose(gx, [4, 4, 4])


def test_none_through_all_levels() -> None:
    f = julia.differentiable(lambda x, flag: x * 2 if flag is None else x)
    loss = julia.function("(f, x) -> f(x, nothing)")
    assert fb.gradient(loss, AutoZygote(), f, 3.0) == (None, 2.0)
    assert julia.function("f -> f(nothing)")(lambda x: x) is None


def test_nested() -> None:
    inner = julia.function("x -> sum(abs2, x)")
    outer = julia.function("(f, x) -> f(x)^2")
    x = np.array([0.1, 0.2])
    (got,) = fb.gradient(lambda x: np.exp(outer(lambda z: np.sin(inner(z)), x)), x)
    (expected,) = fb.gradient(lambda x: np.exp(np.sin(np.sum(x**2)) ** 2), x)
    np.testing.assert_allclose(got, expected)


def test_python_errors_pass_through() -> None:
    class Special(Exception):
        pass

    def bad(x: Any) -> Any:
        raise Special("mine")

    call = julia.function("(f, x) -> f(x)")
    for run in (lambda: call(bad, 1.0), lambda: fb.gradient(call, AutoZygote(), bad, 1.0),
                lambda: fb.gradient(lambda x: call(bad, x), 1.0),
                lambda: call(lambda x: call(bad, x), 1.0)):  # fmt: skip
        with pytest.raises(Special, match="mine"):
            run()
    assert fb.gradient("x -> x^2", AutoZygote(), 3.0) == (6.0,)


def test_julia_errors_through_python_in_julia() -> None:
    bad = julia.function('x -> error("deep")')
    call = julia.function("(f, x) -> f(x)")
    with pytest.raises(julia.JuliaError, match="deep"):
        call(lambda x: bad(x), 1.0)


@pytest.mark.parametrize(
    ("source", "cls"),
    [
        ("x -> x .^ 2", NotScalarError), ("x -> sum(x) * im", NotScalarError), ('x -> "abc"', NotScalarError),
        ("x -> nothing", NotScalarError), ("x -> (x[1] = 2.0; sum(x))", MutationError),
        ("x -> sum(x .+ [1, 2, 3])", ValueError), ("x -> sum(x * x)", TypeError),
        ("x -> unknown(x)", NameError),
        ("x -> x[5]", IndexError), ('x -> Dict("a" => 1)["b"]', KeyError), ("x -> sqrt(-sum(x))", ValueError),
        ("x -> x.nofield", AttributeError), ("x -> ((", SyntaxError), ("x -> div(1, 0)", ZeroDivisionError),
    ],
)  # fmt: skip
def test_error_classes(source: str, cls: type) -> None:
    with pytest.raises(cls) as caught:
        fb.gradient(source, AutoZygote(), np.ones(2))
    assert isinstance(caught.value, julia.JuliaError)
    assert isinstance(caught.value, fb.errors.FluxbridgeError)
    assert len(str(caught.value)) < 1500
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is type(caught.value)
    assert copy.type == caught.value.type
    assert fb.gradient("x -> x^2", AutoZygote(), 3.0) == (6.0,)


def test_error_names_the_users_lines() -> None:
    f = julia.function('inner(x) = error("boom")\nfunction outer(x)\n    return inner(x)\nend')
    with pytest.raises(julia.JuliaError) as caught:
        fb.gradient(f, AutoZygote(), 1.0)
    error = caught.value
    assert error.message == "boom"
    assert error.type == "ErrorException"
    assert error.frames[0].startswith("inner at julia source")
    assert error.frames[0].endswith(":1")
    assert error.frames[1].startswith("outer at")
    assert "Stacktrace" in error.full


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_forked_child_is_told() -> None:
    code = """
import os, fluxbridge
from fluxbridge import julia
julia.start(); julia.start()
child = os.fork()
if child == 0:
    try:
        julia.function("x -> x")
    except julia.JuliaNotAvailable as error:
        print("told:", error.reason, flush=True)
        os._exit(0)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
print(julia.function("x -> x + 1")(1))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "told:" in done.stdout
    assert done.stdout.rstrip().endswith("2")


def test_what_julia_prints_on_stderr_arrives() -> None:
    code = 'from fluxbridge import julia; julia.function("() -> (println(stderr, 123); flush(stderr))")()'
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0
    assert "123" in done.stderr
