"""A recording as a program for the page: operations by name, with their coefficients and constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import PRIMITIVES
from ...recording import Step
from ...recording.sources import place_of, questioned
from ..run import ExplainedRun
from .javascript import ELEMENTWISE, GROUPS, LINEAR, QUESTIONS, coefficients, groups_of

MOST_STEPS = 400  #: steps of a program that a page computes itself
MOST_ELEMENTS = 256  #: elements of an array in it
MOST_PRODUCTS = 4096  #: products of elements that a bilinear step may have


class NeedsKernel(Exception):
    """Why a page cannot compute a function itself; the text is a clause."""


def program(e: ExplainedRun) -> dict[str, Any]:
    """What page/operations.js runs. Raises NeedsKernel, with the reason."""
    recording = e.recording
    if e.forward:
        raise NeedsKernel("it shows dual numbers")
    if not isinstance(recording.out, Step):
        raise NeedsKernel("the result does not depend on the arguments")
    if len(recording.steps) > MOST_STEPS:
        raise NeedsKernel(f"it has more than {MOST_STEPS} steps")
    for step in recording.steps:
        _fits(step.value)
    leaves = recording.steps[: recording.leaves]
    steps = [_written(e, step) for step in recording.steps[recording.leaves :]]
    tests = [_test(choice) for choice in recording.choices]
    return {
        "given": {str(leaf.position): encoded(leaf.value) for leaf in leaves},
        "steps": steps,
        "tests": tests,
        "out": recording.out.position,
    }


def encoded(x: Any) -> Any:
    """A number, or ``{shape, flat}``."""
    if isinstance(x, np.ndarray):
        return {"shape": list(x.shape), "flat": np.asarray(x, float).ravel().tolist()}
    return float(x)


def _fits(x: Any) -> None:
    """Raises NeedsKernel for what numbers in JavaScript cannot stand for."""
    if isinstance(x, tuple):
        raise NeedsKernel("a step has several results")
    kind = np.result_type(x)
    if kind.kind not in "fiub" or (kind.kind == "f" and kind != np.float64):
        raise NeedsKernel(f"it computes with {kind.name}, and JavaScript with 64 bit numbers")
    if np.size(x) > MOST_ELEMENTS:
        raise NeedsKernel(f"an array has more than {MOST_ELEMENTS} elements")
    if not np.all(np.isfinite(x)):
        raise NeedsKernel("a step is no finite number")


def _input(x: Any) -> Any:
    if isinstance(x, Step):
        return x.position
    _fits(x)
    return {"value": encoded(x)}


def _written(e: ExplainedRun, step: Step) -> dict[str, Any]:
    name = step.primitive.name
    line = e.of_step.get(step)
    found: dict[str, Any] = {
        "id": step.position,
        "name": line.name if line else "",
        "shape": list(step.value.shape) if isinstance(step.value, np.ndarray) else None,
        "size": int(np.size(step.value)),
    }
    if PRIMITIVES.get(name) is not step.primitive.original:
        raise NeedsKernel(f"{name} has a rule of the user's own")
    if name in ELEMENTWISE and len(step.inputs) == len(ELEMENTWISE[name]) - 1 and not step.options:
        return found | {"operation": name, "inputs": [_input(x) for x in step.inputs]}
    if name in GROUPS and len(step.inputs) == 1 and _usual(step.options):
        groups = groups_of(name, np.shape(step.inputs[0].value), step.options)
        return found | {"operation": name, "inputs": [_input(step.inputs[0])], "groups": groups}
    return found | _by_coefficients(step)


def _usual(options: dict[str, Any]) -> bool:
    """Only an axis, and options that change nothing?"""
    return all(
        k in ("axis", "keepdims") or v is None or v is True or (k == "ddof" and v == 0)
        for k, v in options.items()
    )


def _by_coefficients(step: Step) -> dict[str, Any]:
    """A step that is linear in its inputs, or in each of two."""
    primitive = step.primitive
    if primitive.jvp not in ("linear", "multilinear") and primitive.name not in LINEAR:
        raise NeedsKernel(f"{primitive.name} is not written in JavaScript")

    def compute(*xs: Any) -> Any:
        return np.ravel(np.asarray(primitive.compute(*xs, **step.options), float))

    places = [k for k, x in enumerate(step.inputs) if isinstance(x, Step)]
    product = primitive.jvp == "multilinear" and len(places) > 1
    found, y = (_bilinear if product else _linear)(step, compute, places)
    if not np.allclose(y, np.ravel(step.value), rtol=1e-9, atol=1e-12):
        raise NeedsKernel(f"{primitive.name} is not written in JavaScript")
    return found


def _bilinear(step: Step, compute: Any, places: list[int]) -> tuple[dict[str, Any], np.ndarray]:
    """``[k, i, j, weight]``: what the product of two elements is in the result; and the result by that."""
    if len(step.inputs) != 2:
        raise NeedsKernel(f"{step.primitive.name} has more than two factors")
    a, b = (np.asarray(v, float) for v in step.values)
    if a.size * b.size > MOST_PRODUCTS:
        raise NeedsKernel(f"{step.primitive.name} has too many products")
    table = []
    for i in range(a.size):
        unit = np.zeros(a.size)
        unit[i] = 1.0
        first = unit.reshape(a.shape) if a.ndim else 1.0
        table += [[k, i, j, w] for k, j, w in coefficients(compute, [first, step.values[1]], 1)]
    y = np.zeros(np.size(step.value))
    for k, i, j, w in table:  # type: ignore[assignment]
        y[int(k)] += w * a.flat[int(i)] * b.flat[int(j)]
    return {"operation": "bilinear", "inputs": [_input(x) for x in step.inputs], "map": table}, y


def _linear(step: Step, compute: Any, places: list[int]) -> tuple[dict[str, Any], np.ndarray]:
    """An offset, and ``[row, column, weight]`` for each input that varies; and the result by that."""
    zero = [np.zeros(np.shape(v))[()] if k in places else v for k, v in enumerate(step.values)]
    offset = compute(*zero)
    maps = [coefficients(lambda *xs: compute(*xs) - offset, zero, place) for place in places]
    y = offset.copy()
    for place, table in zip(places, maps, strict=True):
        x = np.ravel(step.values[place])
        for k, j, w in table:
            y[int(k)] += w * x[int(j)]
    found: dict[str, Any] = {
        "operation": "linear",
        "places": places,
        "inputs": [step.inputs[k].position for k in places],
        "maps": maps,
    }
    if np.any(offset):
        found["offset"] = offset.tolist()
    return found, y


def _test(choice: Any) -> dict[str, Any]:
    name = getattr(choice.function, "__name__", "")
    if name not in QUESTIONS or choice.options:
        raise NeedsKernel(f"it asks {name or 'a question'} of a value")
    answer = np.asarray(choice.outcome)
    if answer.dtype.kind not in "biuf":
        raise NeedsKernel(f"it asks {name} of a value")
    place = place_of(choice.calls)
    return {
        "question": name,
        "at": choice.at,
        "inputs": [_input(x) for x in choice.inputs],
        "shape": list(answer.shape),
        "answer": answer.ravel().tolist(),
        "text": questioned(choice),
        "line": place.line if place else None,
    }
