"""Where the engine looks at the value of a traced thing, and whether more than its type is looked at.

What a compiled program depends on must be a step of it or a question that is asked again. Code that reads
the value behind a traced thing on the side (a rule that looks whether something is NaN) makes the program
depend on that value, and is found here: by default every such place counts as one, unless its line says
that only the type is used (``plain(x).dtype``, ``np.isrealobj(plain(x))``), or it is known that what
is done with the value is a step or a recorded question anyway.
"""

from __future__ import annotations

import ast
import os
from functools import lru_cache
from typing import Any

from .threads import parsed

_PACKAGE = os.path.dirname(os.path.dirname(__file__))

#: Modules that record what they compute from a value, or look at types alone.
_RECORDING = {
    os.path.join(_PACKAGE, *path.split("/"))
    for path in (
        "recording/recording.py", "recording/steps.py", "recording/backward.py", "autodiff/tape.py",
        "autodiff/native.py",
        "autodiff/structure.py", "autodiff/template.py", "autodiff/sweep.py", "autodiff/reach.py",
        "autodiff/implicit.py", "autodiff/running.py", "autodiff/inplace.py", "autodiff/elements.py",
        "autodiff/refusals.py", "autodiff/callers.py", "compiled/trace.py", "compiled/watched.py",
        "compiled/attempts.py", "autodiff/loops.py", "adtypes.py",
        "autodiff/blocks.py",
    )
}  # fmt: skip
#: Functions that tell whoever watches what they asked (see primitive.asked), by module.
_ASKING = {
    **{
        name: {
            "method", "call", "__invert__", "__bool__", "__trunc__", "__round__", "__floor__", "__ceil__",
            "_float", "_int", "_index", "power_of_integers", "as_pythons", "as_numpys", "real",
            "conjugate", "<lambda>",
        }
        for name in ("special_methods.py", "traced_array.py", "traced_number.py", "tracer.py")
    },
    "protocols.py": {"_call_ufunc", "__array_ufunc__", "__array_function__"},
    "rounding.py": {"function"},
    "determinant.py": {"_regular"},
    # what a call with a rule of its own hands on to the rule, and then is one step
    "tools.py": {"_open", "record_call", "checkpointed", "forwarddiff", "<listcomp>"},
    "training.py": {"_is_finite"},
    "parameters.py": {"isnumeric", "parameters"},
    "primitive.py": {"_new"},
    "tracing.py": {"nan_in", "watching"},
    # what looks at types and shapes alone, by way of a variable
    "values.py": {"_all_of"},
    "norms.py": {"_inexact"},
    "shaping.py": {"ravel"},
    "indexing.py": {"diagonal"},
    "choosing.py": {"_real_or_complex"},
}  # fmt: skip
#: Attributes and functions that tell something about the type alone.
_OF_TYPE = {
    "dtype", "shape", "ndim", "size", "strides", "flags", "itemsize", "nbytes", "__class__", "kind",
}  # fmt: skip
_ABOUT_TYPE = {
    "isrealobj", "iscomplexobj", "shape", "ndim", "size", "result_type", "hasattr", "isinstance", "type",
    "len", "may_share_memory", "shares_memory", "shares", "issubclass", "spec_of", "kind_of", "can_cast",
    "_dtype", "zeros_like", "ones_like", "empty_like", "_plain_dtype", "float_of", "widest",
}  # fmt: skip
#: Helpers through which a value is read: the place is that of their caller.
_HELPERS = {
    ("tracing.py", "everywhere"),
    ("tracing.py", "_everywhere"),
    ("tracing.py", "plain"),
    ("tracing.py", "seen"),
    ("tracing.py", "strong"),
}
_READERS = {"plain", "seen", "_value"}


def place_of(frame: Any) -> Any:
    """The frame that reads a value, behind the helpers through which it does."""
    while frame is not None:
        code = frame.f_code
        if code.co_name in ("<genexpr>", "<listcomp>", "<dictcomp>"):
            if os.path.basename(code.co_filename) != "tracing.py":
                return frame
        elif (os.path.basename(code.co_filename), code.co_name) not in _HELPERS:
            return frame
        frame = frame.f_back
    return frame


_KNOWN: dict[tuple[Any, int], bool] = {}


def reads_value(frame: Any) -> bool:
    """Does the code at this place use the value of what it reads, and nobody records it?"""
    key = (frame.f_code, frame.f_lineno)
    known = _KNOWN.get(key)
    if known is None:
        if len(_KNOWN) > 4096:
            _KNOWN.clear()
        known = _KNOWN[key] = not _is_harmless(frame.f_code, frame.f_lineno)
    return known


def _is_harmless(code: Any, line: int) -> bool:
    name = code.co_filename
    if name in _RECORDING:
        return True
    if not name.startswith(_PACKAGE):
        return False
    if code.co_name in _ASKING.get(os.path.basename(name), ()):
        return True
    return line in _lines_of_type(name)


@lru_cache(maxsize=256)
def _lines_of_type(name: str) -> frozenset[int]:
    """The lines of a file on which values are read for their type alone."""
    try:
        with open(name, encoding="utf-8") as file:
            tree = parsed(file.read())
    except (OSError, SyntaxError):
        return frozenset()
    good: set[int] = set()
    bad: set[int] = set()
    _visit(tree, None, good, bad)
    return frozenset(good - bad)


def _visit(node: ast.AST, parent: ast.AST | None, good: set[int], bad: set[int]) -> None:
    reader = (
        (isinstance(node, ast.Call) and _name(node.func) in _READERS)
        or (isinstance(node, ast.Attribute) and node.attr == "_value")
    )  # fmt: skip
    if reader:
        of_type = (isinstance(parent, ast.Attribute) and parent.attr in _OF_TYPE) or (
            isinstance(parent, ast.Call) and _name(parent.func) in _ABOUT_TYPE and node is not parent.func
        )
        of_type = of_type or (
            isinstance(parent, ast.Call) and _name(parent.func) == "getattr" and len(parent.args) > 1
            and isinstance(parent.args[1], ast.Constant) and parent.args[1].value in _OF_TYPE
        )  # fmt: skip
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)  # type: ignore[attr-defined]
        (good if of_type else bad).update(lines)
    for child in ast.iter_child_nodes(node):
        _visit(child, node, good, bad)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
