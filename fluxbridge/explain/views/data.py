"""An explanation as data."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...recording.shorten import short
from ..run import ExplainedRun
from ..steps import ExplainedStep


def records(explanation: ExplainedRun) -> list[dict[str, Any]]:
    """One dict for every argument and step."""
    return [_record(explanation, line) for line in explanation.lines]


def _record(explanation: ExplainedRun, line: ExplainedStep) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": line.name,
        "kind": "argument" if line.is_argument else "step",
        "operation": line.primitive_name,
        "text": line.name if line.is_argument else line.operation.text(),
        "inputs": line.inputs,
        "value": line.value,
        "shape": None if isinstance(line.value, tuple) else list(np.shape(line.value)),
        "dtype": None if isinstance(line.value, tuple) else np.result_type(line.value).name,
        "file": line.source.file,
        "line": line.source.line,
        "expression": line.source.expression,
    }
    if explanation.forward:
        record["tangent"] = line.tangent
        record["formulas"] = [] if line.is_argument else _forward(explanation, line)
        return record
    record["cotangent"] = line.cotangent
    record["contributions"] = [
        {
            "to": part.name,
            "local": part.local.text(),
            "formula": part.text(),
            "latex": part.latex(),
            "value": part.contribution,
        }
        for part in line.parts
    ]
    if line.kink:
        record["kink"] = line.kink
    return record


def _forward(explanation: ExplainedRun, line: ExplainedStep) -> list[str]:
    return [f.text() for f in line.tangent_formulas(explanation.tangents)]


def plain_data(x: Any) -> Any:
    """Lists, dicts, strings and numbers, for JSON. Infinities and NaN are written as strings."""
    if isinstance(x, dict):
        return {str(k): plain_data(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain_data(v) for v in x]
    if isinstance(x, np.ndarray):
        return plain_data(x.tolist())
    if isinstance(x, np.generic):
        x = x.item()
    if isinstance(x, complex):
        return {"re": plain_data(x.real), "im": plain_data(x.imag)}
    if isinstance(x, float) and not np.isfinite(x):
        return str(x)
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    return short(x)
