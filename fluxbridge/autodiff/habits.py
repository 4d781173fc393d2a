"""What people look for who know another framework, and what it is called here."""

from __future__ import annotations

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
}
KEYWORDS = {
    "argnums": "the gradient is taken by every argument, and is a tuple: pick the entry, "
    "or close over what is constant",
    "argnum": "the gradient is taken by every argument, and is a tuple: pick the entry, "
    "or close over what is constant",
    "has_aux": "withgradient takes a function that returns (value, anything else)",
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


def missing_name(name: str) -> AttributeError | ImportError:
    """What is raised where ``fluxbridge.name``, or ``from fluxbridge import name``, finds nothing.

    >>> print(missing_name("jvp"))
    module 'fluxbridge' has no attribute 'jvp': pushforward(f, x)(dx) is the tangent of the result.
    """
    if name not in FUNCTIONS:
        return AttributeError(f"module 'fluxbridge' has no attribute {name!r}")
    kind = ImportError if is_from_import(sys._getframe(2)) else AttributeError
    return kind(f"module 'fluxbridge' has no attribute {name!r}: {FUNCTIONS[name]}.")
