"""JAX, PyTorch and TensorFlow as further engines: they differentiate the steps that were recorded.

The recorded steps are computed again with the framework's own functions, so the function need not be written
for it. JAX and TensorFlow have NumPy's functions under NumPy's names; for PyTorch there is a table. Gradients
by complex numbers are conjugated to Zygote's convention where the framework has the other one.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..recording import Recording, Step
from .question import Answer, NoAnswer, Question
from .report import NOT_INSTALLED

NAMES = ("jax", "torch", "tensorflow")


def answer(name: str, question: Question) -> Answer:
    if importlib.util.find_spec(name) is None:
        raise NoAnswer(NOT_INSTALLED)
    if question.of != "gradient":
        raise NoAnswer("is asked for gradients only")
    recording = Recording(question.f, question.point.xs, calls=False)
    return _ENGINES[name](recording)


def replay(
    recording: Recording, leaves: Sequence[Any], lookup: Callable[[str], Any], lift: Callable[[Any], Any]
) -> Any:
    """The output of the recorded steps, computed from other leaves by a framework's functions."""
    values: dict[Step, Any] = dict(zip(recording.steps, leaves, strict=False))
    for step in recording.steps[recording.leaves :]:
        inputs = [values[x] if isinstance(x, Step) else lift(x) for x in step.inputs]
        values[step] = _function(lookup, step.primitive.name)(*inputs, **step.options)
    return values[recording.out] if isinstance(recording.out, Step) else lift(recording.out)


def _function(lookup: Callable[[str], Any], name: str) -> Callable[..., Any]:
    if name in _COMMON:
        return _COMMON[name]
    function = lookup(name)
    if function is None:
        raise NoAnswer(f"has no function for {name!r}")
    return function


#: Primitives that all frameworks have as operators.
_COMMON: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "negative": lambda x: -x,
    "positive": lambda x: x,
    "power": lambda a, b: a**b,
    "literal_power": lambda x, p: x**p,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "matmul": lambda a, b: a @ b,
    "getitem": lambda x, index: x[index],
}


def _gradients(recording: Recording, parts: Sequence[Any]) -> list[Any]:
    """The gradients as arrays; None where the output does not depend on a leaf, as in the native engine."""
    gradients = []
    for step, part in zip(recording.steps, parts, strict=False):
        gradients.append(None if part is None else np.asarray(part).reshape(np.shape(step.value)))
    return gradients


def _points(recording: Recording) -> list[Any]:
    return [np.asarray(step.value) for step in recording.steps[: recording.leaves]]


def _jax(recording: Recording) -> Answer:
    import jax
    import jax.numpy as jnp

    extra = {
        "norm2": lambda x, axis=None, keepdims=False: jnp.sqrt(
            jnp.sum(jnp.abs(x) ** 2, axis=axis, keepdims=keepdims)
        ),
        "astype": lambda x, dtype=None: x.astype(dtype),
        "absolute": jnp.abs,
        "stack": lambda *xs, axis=0: jnp.stack(xs, axis),
        "concatenate": lambda *xs, axis=0: jnp.concatenate(xs, axis),
        "transpose": lambda x, axes=None: jnp.transpose(x, axes),
    }

    def lookup(name: str) -> Any:
        return extra.get(name) or getattr(jnp, name, None) or getattr(jnp.linalg, name, None)

    with jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64():
        points = [jnp.asarray(p) for p in _points(recording)]
        value, parts = jax.value_and_grad(
            lambda leaves: jnp.real(replay(recording, leaves, lookup, lambda c: c))
        )(points)
        return Answer(float(value), _gradients(recording, [np.conj(np.asarray(p)) for p in parts]))


def _tensorflow(recording: Recording) -> Answer:
    import tensorflow as tf

    tnp = tf.experimental.numpy
    extra = {
        "stack": lambda *xs, axis=0: tnp.stack(xs, axis),
        "concatenate": lambda *xs, axis=0: tnp.concatenate(xs, axis),
        "astype": lambda x, dtype=None: tf.cast(x, dtype),
        "inv": tf.linalg.inv,
        "det": tf.linalg.det,
    }
    points = [tf.Variable(p) for p in _points(recording)]
    with tf.GradientTape() as tape:
        value = replay(
            recording, points, lambda name: extra.get(name) or getattr(tnp, name, None), lambda c: c
        )
    parts = tape.gradient(value, points)
    return Answer(
        float(value),
        _gradients(recording, [None if p is None else tf.convert_to_tensor(p).numpy() for p in parts]),
    )


def _torch(recording: Recording) -> Answer:
    import torch

    def lift(c: Any) -> Any:
        return torch.as_tensor(np.array(c)) if isinstance(c, (np.ndarray, np.generic)) else c

    def tensors(function: Any, **renamed: str) -> Callable[..., Any]:
        """`function` with NumPy's option names, and numbers made tensors."""

        def call(*inputs: Any, **options: Any) -> Any:
            inputs = tuple(x if isinstance(x, torch.Tensor) else torch.as_tensor(x) for x in inputs)
            named = {renamed.get(k, k): v for k, v in options.items()}
            return function(*inputs, **{k: v for k, v in named.items() if v is not None})

        return call

    def reduction(function: Any) -> Callable[..., Any]:
        def call(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
            return function(x, dim=tuple(range(x.ndim)) if axis is None else axis, keepdim=keepdims)

        return call

    table = {
        "sum": reduction(torch.sum),
        "mean": reduction(torch.mean),
        "max": reduction(torch.amax),
        "min": reduction(torch.amin),
        "norm2": reduction(torch.linalg.vector_norm),
        "transpose": lambda x, axes=None: x.permute(*(axes or range(x.ndim)[::-1])),
        "reshape": lambda x, shape, order="C", copy=None: x.reshape(shape),
        "stack": lambda *xs, axis=0: torch.stack(xs, axis),
        "concatenate": lambda *xs, axis=0: torch.cat(xs, axis),
        "absolute": torch.abs,
        "where": tensors(torch.where),
        "astype": lambda x, dtype=None: x.to(torch.as_tensor(np.zeros(0, dtype)).dtype),
        "cumsum": lambda x, axis=None: torch.cumsum(x.ravel() if axis is None else x, axis or 0),
        "expand_dims": tensors(torch.unsqueeze, axis="dim"),
        "dot": lambda a, b: a @ b if a.ndim and b.ndim else a * b,
        "clip": tensors(torch.clamp),
    }

    def lookup(name: str) -> Any:
        if name in table:
            return table[name]
        function = getattr(torch, name, None) or getattr(torch.linalg, name, None)
        return None if function is None else tensors(function, axis="dim", keepdims="keepdim")

    points = [torch.tensor(p, requires_grad=True) for p in _points(recording)]
    value = replay(recording, points, lookup, lift)
    parts = torch.autograd.grad(value, points, allow_unused=True)
    return Answer(float(value), _gradients(recording, [None if p is None else p.numpy() for p in parts]))


_ENGINES = {"jax": _jax, "torch": _torch, "tensorflow": _tensorflow}
