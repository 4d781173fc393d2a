"""The native engine."""

from . import rules  # noqa: F401  (registers the rules)
