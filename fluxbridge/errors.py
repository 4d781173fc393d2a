"""The errors of fluxbridge: one family, and each is also the builtin error that fits."""

from __future__ import annotations


class FluxbridgeError(Exception):
    """The ancestor of every error that fluxbridge raises on purpose."""


class NotScalarError(FluxbridgeError, TypeError):
    """The function does not return one real number, so it has no gradient."""


class MutationError(FluxbridgeError, TypeError):
    """An array that the derivative depends on was, or would be, changed in place."""


class NoRuleError(FluxbridgeError, NotImplementedError):
    """No rule says how to differentiate this function."""


class GradientLostError(FluxbridgeError, TypeError):
    """A call would turn a traced value into a plain number and so lose its derivative."""


class EscapedTracerError(FluxbridgeError, RuntimeError):
    """A traced value was used after the gradient call that made it had ended."""


class StructureError(FluxbridgeError, ValueError):
    """An argument, a seed or a result does not have the structure that is asked for."""
