"""What people look for who know another framework, and what it is called here."""

from __future__ import annotations

import difflib
import sys
from typing import Any, NoReturn

from .callers import is_from_import

_ARRAY = "NumPy's functions take x as it is; fluxbridge.ignore_derivatives(x) is x without its derivative"

#: Functions of JAX, autograd and PyTorch, and keywords of theirs.
FUNCTIONS = {
    "grad": "gradient(f, x) computes the gradient at once; where a function is wanted, write "
    "lambda x: gradient(f, x)[0]",
    "value_and_grad": "withgradient(f, x) returns the value and the gradient",
    "elementwise_grad": "gradient(lambda x: np.sum(f(x)), x) is the derivative of each element",
    "vjp": "pullback(f, x) returns the value and the function that pulls cotangents back",
    "make_vjp": "pullback(f, x) returns the value and the function that pulls cotangents back",
    "jvp": "pushforward(f, x)(dx) is the tangent of the result",
    "make_jvp": "pushforward(f, x)(dx) is the tangent of the result",
    "linearize": "pushforward(f, x) is the function of the tangent",
    "jacfwd": "jacobian(f, x) returns a tuple, one matrix an argument",
    "jacrev": "jacobian(f, x) returns a tuple, one matrix an argument",
    "jit": "gradient(f, AutoNative(compile=True), x) is compiled, and compiled(f) is the function",
    "vmap": "NumPy's functions take whole arrays; write the batch as an axis of the array",
    "stop_gradient": "ignore_derivatives(x) is x without its derivative",
    "checkpoint": "checkpointed(f, x) computes f again on the way back",
    "custom_vjp": "@adjoint above def f(x): return y, lambda dy: (…,) gives f its rule",
    "defvjp": "@adjoint above def f(x): return y, lambda dy: (…,) gives f its rule",
    "no_grad": "nothing is recorded outside of gradient; ignore_derivatives(x) is x without its derivative",
    "check_grads": "cross_check(f, x) compares with engines that know nothing of each other",
    "tensor": "plain numbers and NumPy arrays are what gradient takes",
    "Tensor": "plain numbers and NumPy arrays are what gradient takes",
    "numpy": "plain numpy is what gradient takes: import numpy as np",
    "Variable": "plain numbers and NumPy arrays are what gradient takes",
    "GradientTape": "gradient(f, x) records f by itself, and returns the gradient by every argument",
    "custom_jvp": "@adjoint above def f(x): return y, lambda dy: (…,) gives f its rule, for both modes",
    "hvp": "pushforward(lambda x: gradient(f, x)[0], x)(v) is the Hessian times v",
    **dict.fromkeys(["diff", "derivative"], "gradient(f, x)[0] is the derivative by a number x"),
    **dict.fromkeys(["nn", "optim", "functional"], "layers, losses and optimisers are in fluxbridge.flux"),
    "autograd": "gradient, jacobian and hessian are in fluxbridge itself",
    "Flux": "fluxbridge.flux is Flux in Python, and AutoZygote() asks the real one",
    "Zygote": "gradient(f, AutoZygote(), x) asks the real Zygote",
    "finite_differences": "gradient(f, AutoFiniteDifferences(), x) takes finite differences",
}
KEYWORDS = {
    "argnums": "the gradient is taken by every argument, and is a tuple: pick the entry, "
    "or close over what is constant",
    "argnum": "the gradient is taken by every argument, and is a tuple: pick the entry, "
    "or close over what is constant",
    "has_aux": "withgradient takes a function that returns (value, anything else)",
    **dict.fromkeys(
        ("backend", "engine", "adtype"),
        "who computes is an AD type after the function: gradient(f, AutoZygote(), x)",
    ),
    **dict.fromkeys(
        ("wrt", "sources", "inputs"), "the gradient is taken by every argument after the function"
    ),
    "create_graph": "gradients can be nested: gradient(lambda x: gradient(f, x)[0], x)",
    "retain_graph": "pullback returns a function that can be called again and again",
}
#: Attributes of PyTorch's and TensorFlow's tensors, asked of a traced value.
ATTRIBUTES = {
    "backward": "return the value from the function, and call gradient(f, x)",
    "grad": "gradient(f, x) returns the gradient; nothing is stored on x",
    "requires_grad": "the gradient is taken by every argument of gradient(f, x, …)",
    "requires_grad_": "the gradient is taken by every argument of gradient(f, x, …)",
    "detach": "fluxbridge.ignore_derivatives(x) is x without its derivative",
    "stop_gradient": "fluxbridge.ignore_derivatives(x) is x without its derivative",
    "numpy": _ARRAY,
    "to_numpy": _ARRAY,
    "cpu": "x is in the memory of the CPU already",
    **dict.fromkeys(["cuda", "to"], "NumPy computes on the CPU; fluxbridge.flux.gpu moves to CuPy's arrays"),
    "numel": "x.size is the number of elements",
    "t": "x.T is the transpose",
    **dict.fromkeys(["add", "mul", "sub", "div"], "x + y, x * y, x - y and x / y are the operators"),
    "softmax": "fluxbridge.flux.softmax(x, axis) is the function",
    "at": "arrays are not changed: np.where(mask, y, x), np.concatenate, or a fluxbridge.Buffer",
    "assign": "arrays are not changed in a gradient: return the new value",
    "block_until_ready": "NumPy's results are there at once",
    "read_value": _ARRAY,
    **dict.fromkeys(["subs", "evalf"], "f is run with numbers: gradient(f, 2.0) is the derivative at 2"),
    "diff": "gradient(f, x)[0] is the derivative, and np.diff(x) the differences of neighbours",
    "unsqueeze": "np.expand_dims(x, axis) adds an axis",
    "permute": "np.transpose(x, axes) permutes the axes",
    "clone": "x.copy() is a copy",
    "float": "x.astype(np.float32) converts",
    "double": "x.astype(np.float64) converts",
    "pow": "x**p is the power",
    "exp": "np.exp(x) is the function",
    "log": "np.log(x) is the function",
    "sqrt": "np.sqrt(x) is the function",
    "tanh": "np.tanh(x) is the function",
    "sin": "np.sin(x) is the function",
    "cos": "np.cos(x) is the function",
    "abs": "np.abs(x) is the function",
    "relu": "np.maximum(x, 0) is the function",
    "sigmoid": "1 / (1 + np.exp(-x)) is the function, and fluxbridge.flux.sigmoid a careful one",
    "matmul": "x @ y is the product",
    "mm": "x @ y is the product",
    "norm": "np.linalg.norm(x) is the norm",
}


class Absent:
    """A word of another framework, as an attribute that is not there, and an error that says what to write.

    >>> class Number:
    ...     detach = Absent("detach")
    >>> hasattr(Number(), "detach")
    False
    >>> Number().detach  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AttributeError: ...Number' object has no attribute 'detach': fluxbridge.ignore_derivatives(x) is x ...
    """

    def __init__(self, name: str):
        self.name = name

    def __get__(self, instance: Any, owner: type) -> NoReturn:
        kind = owner if instance is None else instance.__class__
        module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}."
        raise AttributeError(
            f"'{module}{kind.__qualname__}' object has no attribute {self.name!r}: {ATTRIBUTES[self.name]}."
        )


def missing_name(name: str, places: dict[str, list[str]]) -> AttributeError | ImportError:
    """What is raised where ``fluxbridge.name``, or ``from fluxbridge import name``, finds nothing.

    `places` are the modules where it may be meant to be, and their names.

    >>> print(missing_name("jvp", {}))
    module 'fluxbridge' has no attribute 'jvp': pushforward(f, x)(dx) is the tangent of the result.
    >>> print(missing_name("Dense", {"fluxbridge.flux": ["Chain", "Dense"]}))
    module 'fluxbridge' has no attribute 'Dense': it is fluxbridge.flux.Dense.
    """
    text = f"module 'fluxbridge' has no attribute {name!r}"
    meant = FUNCTIONS.get(name) or _elsewhere(name, places)
    if not meant:
        return AttributeError(text)
    kind = ImportError if is_from_import(sys._getframe(2)) else AttributeError
    return kind(f"{text}: {meant}.")


def _elsewhere(name: str, places: dict[str, list[str]]) -> str:
    """Where the name is, or which one is like it; "" for nothing."""
    for place, names in places.items():
        if name in names:
            return f"it is {place}.{name}"
    known = {n.lower(): f"{place}.{n}" for place, names in reversed(places.items()) for n in names}
    close = difflib.get_close_matches(name.lower(), known, 1, 0.8)
    return f"did you mean {known[close[0]]}" if close else ""
