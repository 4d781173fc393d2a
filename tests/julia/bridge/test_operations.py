"""What is asked of Julia by each operation, here and in another process: engines, orders, arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fluxbridge.julia.bridge.gate import Gate
from fluxbridge.julia.bridge.objects import JuliaObject
from fluxbridge.julia.bridge.operations import Bridge
from fluxbridge.julia.isolated.remote import RemoteBridge

X = np.arange(6.0).reshape(2, 3)

#: An operation of the bridge, and what Julia is asked by it: the name of its operation, and the arguments
#: after the function.
ASKED: dict[str, tuple[Callable[[Any, Any], Any], str, tuple[Any, ...]]] = {
    "gradient": (lambda b, f: b.withgradient(f, (X,)), "withgradient:zygote", ((X,), True)),
    "gradient without aux": (
        lambda b, f: b.withgradient(f, (X,), "forwarddiff", False), "withgradient:forwarddiff", ((X,), False)
    ),
    "gradient by Enzyme": (
        lambda b, f: b.withgradient(f, (X,), "enzyme"), "withgradient:enzyme", ((X,), True)
    ),
    "jacobian": (lambda b, f: b.withjacobian(f, (X, 2.0)), "withjacobian", ("zygote:C", (X, 2.0))),
    "jacobian in order": (
        lambda b, f: b.withjacobian(f, (X,), "forwarddiff", "F"), "withjacobian", ("forwarddiff:F", (X,))
    ),
    "hessian": (lambda b, f: b.hessian(f, X), "hessian", ("zygote:C", X)),
    "hessian in order": (
        lambda b, f: b.hessian(f, X, "zygote_reverse", "F"), "hessian", ("zygote_reverse:F", X)
    ),
    "diaghessian": (lambda b, f: b.diaghessian(f, (X,), "forwarddiff"), "diaghessian", ("forwarddiff", (X,))),
    "call": (lambda b, f: b.call(f, (X, 1)), "call", ((X, 1),)),
    "call with keywords": (lambda b, f: b.call(f, (X,), {"dims": 1}), "call_keywords", ((X,), {"dims": 1})),
    "traced": (lambda b, f: b.call_traced(f, (X,)), "call_traced", ((X,),)),
    "attribute": (lambda b, f: b.attribute(f, "weight"), "attribute", ("weight",)),
    "names": (lambda b, f: b.names(f), "names", ()),
    "parts": (lambda b, f: b.parts(f), "parts", ()),
    "item": (lambda b, f: b.item(f, -1), "item", (-1,)),
    "length": (lambda b, f: b.length(f), "length", ()),
    "show": (lambda b, f: b.show(f), "show", ()),
    "pull": (lambda b, f: b.pull(f, X), "pull", (X,)),
    "full": (lambda b, f: b.full(f), "full", ()),
}  # fmt: skip
#: Those that give another handle.
MADE: dict[str, tuple[Callable[[Any, Any], Any], str, tuple[Any, ...]]] = {
    "curry": (lambda b, f: b.curry(f, {"dims": 2}), "curry", ({"dims": 2},)),
    "capture": (lambda b, f: b.capture(f, (X, 3)), "capture", ((X, 3),)),
    "vjp": (lambda b, f: b.vjp(f), "vjp", ()),
}
NAMES = {name for _, name, _ in [*ASKED.values(), *MADE.values()]} | {"define", "wrap", "connect", "pullback"}


class Told:
    """Juliacall's end: notes what is called with what, and answers that."""

    def __init__(self) -> None:
        self.bridge: Any = None
        self.calls: list[tuple[Any, ...]] = []

    def _jl_callmethod(self, name: str, *args: Any) -> Any:
        self.calls.append((name, *args))
        if name in ("define", "wrap", "callback", "curry", "capture", "vjp"):
            return JuliaObject(f"{name} {args[0]}", self.bridge)
        if name == "pullback":
            return "y", JuliaObject("pullback", self.bridge)
        return f"answer of {name}"


@pytest.fixture
def julia():
    told = Told()
    told.bridge = Bridge((told, {name: name for name in NAMES}), Gate())
    assert told.calls[0][0] == "connect"
    del told.calls[:]
    return told


@pytest.mark.parametrize("what", ASKED)
def test_what_julia_is_asked(what, julia):
    ask, name, args = ASKED[what]
    assert ask(julia.bridge, "f") == f"answer of {name}"
    ((asked, f, *given),) = julia.calls
    assert (asked, f) == (name, "f")
    np.testing.assert_equal(given, list(args))


@pytest.mark.parametrize("what", MADE)
def test_what_is_made_is_a_handle(what, julia):
    ask, name, args = MADE[what]
    assert ask(julia.bridge, "f") == f"{name} f"
    np.testing.assert_equal(julia.calls, [(name, "f", *args)])


def test_pullbacks_and_sources(julia):
    assert julia.bridge.define("x -> x") == "define x -> x"
    assert julia.bridge.pullback("f", (X,)) == ("y", "pullback")
    assert julia.bridge.apply == julia.bridge.apply == "define (f, xs...; kw...) -> f(xs...; kw...)"
    assert [name for name, *_ in julia.calls] == ["define", "pullback", "define"]


# -- through another process -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def remote():
    bridge = RemoteBridge(factory="isolatedfake:answering")
    yield bridge
    bridge.close()


#: The operations of the bridge in the other process: name, engine, order and arguments.
THERE: dict[str, tuple[Any, ...]] = {
    "gradient": ("withgradient", (X,), "zygote", True),
    "gradient without aux": ("withgradient", (X,), "forwarddiff", False),
    "gradient by Enzyme": ("withgradient", (X,), "enzyme", True),
    "jacobian": ("withjacobian", (X, 2.0), "zygote", "C"),
    "jacobian in order": ("withjacobian", (X,), "forwarddiff", "F"),
    "hessian": ("hessian", X, "zygote", "C"),
    "hessian in order": ("hessian", X, "zygote_reverse", "F"),
    "diaghessian": ("diaghessian", (X,), "forwarddiff"),
    "attribute": ("attribute", "weight"),
    "names": ("names",),
    "parts": ("parts",),
    "item": ("item", -1),
    "length": ("length",),
    "show": ("show",),
}


@pytest.mark.parametrize("what", THERE)
def test_what_the_other_process_is_asked(what, remote):
    name, *given = THERE[what]
    f = remote.define("'f'")
    np.testing.assert_equal(ASKED[what][0](remote, f), (name, "f", *given))


def test_handles_are_made_in_the_other_process(remote):
    f = remote.define("'f'")
    for ask, name, args in MADE.values():
        made = ask(remote, f)
        np.testing.assert_equal(remote.show(made), ("show", (name, "f", *args)))
    (y, held) = remote.pullback(f, (X,))
    np.testing.assert_equal(y, ("pullback", "f", (X,)))
    np.testing.assert_equal(remote.pull(held, 2.0), ("pull", "back of f", 2.0))
