"""Numbers and rules in Julia's spelling: ``1.0e-8``, ``0.1f0``, ``Adam{Float64, Tuple{…}, Float64}``."""

from __future__ import annotations

from typing import Any

import numpy as np

_TYPES = {
    bool: "Bool", int: "Int64", float: "Float64", complex: "ComplexF64", np.bool_: "Bool",
    np.float16: "Float16", np.float32: "Float32", np.float64: "Float64", np.complex64: "ComplexF32",
    np.complex128: "ComplexF64",
}  # fmt: skip


def type_name(dtype: Any) -> str:
    """The Julia name of an element type.

    >>> type_name(np.float32), type_name(float)
    ('Float32', 'Float64')
    """
    kind = dtype if dtype in _TYPES else np.dtype(dtype).type
    return _TYPES.get(kind) or kind.__name__.capitalize().replace("Uint", "UInt")


def julia(x: Any, compact: bool = False) -> str:
    """A number, tuple, text or array as Julia shows it; `compact` as inside of other things.

    >>> julia(1e-8), julia(np.float32(0.1)), julia((0.9, True)), julia(1_000_000.0)
    ('1.0e-8', '0.1f0', '(0.9, true)', '1.0e6')
    """
    if x is None:
        return "nothing"
    if isinstance(x, (bool, np.bool_)):
        return "true" if x else "false"
    if isinstance(x, (int, np.integer)):
        return str(int(x))
    if isinstance(x, (float, np.floating)):
        return _float(x, compact)
    if isinstance(x, (complex, np.complexfloating)):
        sign = "-" if np.signbit(x.imag) else "+"
        return f"{julia(x.real, compact)} {sign} {julia(abs(x.imag), compact)}im"
    if isinstance(x, tuple):
        return "(" + ", ".join(julia(v, compact) for v in x) + ("," if len(x) == 1 else "") + ")"
    if isinstance(x, np.ndarray):
        return _array(x)
    return repr(x)


def _float(x: Any, compact: bool) -> str:
    kind = type(x)
    single, half = kind is np.float32, kind is np.float16 and not compact
    if compact:
        x = kind(f"{float(x):.6g}")
    if np.isnan(x) or np.isinf(x):
        text = "NaN" if np.isnan(x) else "-Inf" if x < 0 else "Inf"
        return text + ("32" if single and not compact else "")
    size = abs(float(x))
    if size and not 1e-4 <= size < 1e6:
        digits, _, exponent = np.format_float_scientific(x, unique=True, trim="0").partition("e")
        text = f"{digits}{'f' if single else 'e'}{int(exponent)}"
    else:
        text = np.format_float_positional(x, unique=True, trim="0") + ("f0" if single and not compact else "")
    return f"Float16({text})" if half else text


def printed(x: Any) -> str:
    """A number as Julia's ``print`` writes it, without its type; anything else as :func:`julia`.

    >>> printed(np.float32(0.1)), printed(np.float32(1e-8)), printed((np.float32(0.1),))
    ('0.1', '1.0e-8', '(0.1f0,)')
    """
    if isinstance(x, np.floating):
        return julia(float(np.format_float_scientific(x, unique=True)))
    return julia(x)


def _array(x: np.ndarray) -> str:
    """An array on one line; long ones are cut in the middle."""
    if x.ndim == 0:
        return f"fill({julia(x[()])})"
    if x.ndim > 2:
        return f"{type_name(x.dtype)}[…; size {x.shape}]"
    head = "" if x.dtype in (np.float64, np.int64) and x.size else type_name(x.dtype)

    def line(values: np.ndarray, separator: str) -> str:
        shown = [julia(v, compact=True) for v in values]
        if len(shown) > 20:
            shown = [*shown[:10], "…", *shown[-10:]]
        return separator.join(shown)

    if x.ndim == 1:
        return f"{head}[{line(x, ', ')}]"
    rows = [line(row, " ") for row in x]
    if len(rows) > 10:
        rows = [*rows[:5], "…", *rows[-5:]]
    return f"{head}[{'; '.join(rows)}{';;' if x.shape[1] == 1 else ''}]"
