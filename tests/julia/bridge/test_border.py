"""No value that Python can hold does harm on its way to Julia: the parts that need no Julia."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import bordervalues
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from fluxbridge.errors import FluxbridgeError, JuliaError, StructureError
from fluxbridge.julia.bridge import hooks
from fluxbridge.julia.bridge.objects import JuliaObject
from fluxbridge.julia.isolated.remote import RemoteBridge

#: The types that Julia reads by itself.
READ = {float, int, bool, complex, str, tuple, list, dict, np.ndarray, type(None)}
_LONG = (np.dtype("g"), np.dtype("G"))
KINDS = {
    "fields",
    "callable",
    "value",
    "rational",
    "decimal",
    "special",
    "range",
    "set",
    "function",
    "opaque",
}


def taken(x: Any, depth: int = 0) -> None:
    """What FluxBridge does, as far as Python sees it."""
    if type(x) in (tuple, list):
        inside = list(x)
    elif type(x) is dict:
        inside = [*x, *x.values()]
    elif (type(x) is np.ndarray and x.dtype.kind not in "biufc") or getattr(x, "dtype", None) in _LONG:
        inside = [hooks.plain_array(x)]
    elif type(x) in READ or type(x) in bordervalues.SCALAR_TYPES:
        inside = []
    else:
        kind, *parts = hooks.take_apart(x)
        assert kind in KINDS
        if kind == "value":  # ends here, in whatever way
            assert type(parts[0]) in READ, x
        if kind in ("rational", "decimal", "range"):
            assert all(type(part) is int for part in parts), x
        if kind in ("fields", "callable"):
            assert all(type(name) is str for name in parts[0])
        inside = {"fields": parts[1:2], "callable": parts[1:2], "value": parts, "set": parts}.get(kind, [])
    if depth > 64:
        raise StructureError("deep")
    for part in inside:
        taken(part, depth + 1)


def test_what_is_taken_apart_is_read_without_asking_again():
    for x in bordervalues.awkward():
        try:
            taken(x)
        except StructureError:
            continue


@given(bordervalues.values())
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_anything_is_taken_apart_or_refused(x: Any):
    try:
        taken(x)
    except StructureError as error:
        assert str(error)


@pytest.fixture(scope="module")
def remote() -> Iterator[RemoteBridge]:
    bridge = RemoteBridge(factory="isolatedfake:make")
    yield bridge
    bridge.close()


@pytest.fixture(scope="module")
def echo(remote: RemoteBridge) -> JuliaObject:
    return JuliaObject(remote.define("lambda x: x"), remote)


def test_awkward_values_pass_or_are_refused(echo: JuliaObject, remote: RemoteBridge):
    before = remote.start()
    for x in bordervalues.awkward():
        try:
            echo(x)
        except FluxbridgeError as error:
            assert str(error)
    assert remote.start() is before


@given(bordervalues.values())
@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_anything_passes_or_is_refused(echo: JuliaObject, x: Any):
    try:
        echo(x)
    except FluxbridgeError as error:
        assert str(error)


@pytest.mark.parametrize("name", bordervalues.of_itself())
def test_what_holds_itself_is_refused(echo: JuliaObject, name: str):
    x = bordervalues.of_itself()[name]()
    with pytest.raises(StructureError):
        taken(x)
    try:
        echo(x)  # what passes as what it is, Julia refuses
    except StructureError as error:
        assert "holds itself" in str(error)


def test_deep_structures_are_refused(echo: JuliaObject):
    for x in bordervalues.deep().values():
        with pytest.raises(StructureError, match="too deeply"):
            echo(x)


def test_an_object_that_holds_itself_is_still_a_function():
    x = bordervalues.Callee(None)
    assert hooks.take_apart(x)[0] == "callable"
    x.content = [x]
    assert hooks.take_apart(x) == ("function",)


def test_the_advice_of_refusals_works():
    from decimal import Decimal
    from fractions import Fraction

    masked = np.ma.masked_array([1.0, 2.0], [False, True])
    third = np.ones(2, np.longdouble) / 3
    for x, words, ways in (
        (Decimal("0.1"), "float", (float, Fraction)),
        (masked, "filled", (lambda x: x.filled(0.0), lambda x: (x.data, x.mask))),
        (iter([1]), "list", (list,)),
    ):
        with pytest.raises(StructureError, match=words):
            taken(x)
        for way in ways:
            taken(way(x))
    if np.any(third != third.astype("float64")):
        with pytest.raises(StructureError, match="astype"):
            hooks.plain_array(third)
        hooks.plain_array(third.astype("float64").astype(np.longdouble))


def test_objects_of_julia_cannot_be_pickled_or_copied(echo: JuliaObject):
    for what in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(JuliaError, match=r"fluxbridge\.julia\.function\(source\)") as caught:
            what(echo)
        assert isinstance(caught.value, TypeError)


def test_decimals_of_binary_numbers_have_all_digits():
    from decimal import Decimal, localcontext

    with localcontext(prec=3):
        assert hooks.decimal_of(3, -2) == Decimal("0.75")
        assert hooks.decimal_of(2**70 + 1, 0) == 2**70 + 1
        assert hooks.decimal_of(1, -3000).as_integer_ratio() == (1, 2**3000)
        assert hooks.decimal_of(-5, 3) == -40
        assert hooks.decimal_of("-0", 0).is_signed()
        assert hooks.take_apart(Decimal("0.75")) == ("decimal", 3, 2)
