"""From the tree of Julia to lines of Python."""

from .core import Refused, Tables
from .macros import Macros as Lowerer
from .macros import enumerated
from .scope import (
    Scope,
    calls_of,
    is_definition,
    python_name,
    scan,
    shadowed_builtins,
    signature_name,
    targets,
)

__all__ = [
    "Lowerer", "Refused", "Scope", "Tables", "calls_of", "enumerated", "is_definition", "python_name", "scan", "shadowed_builtins", "signature_name", "targets",  # noqa: E501
]  # fmt: skip
