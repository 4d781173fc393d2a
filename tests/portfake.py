"""A stand-in for Julia in the isolated process: documents whose statements are Python."""

from __future__ import annotations

import contextlib
import io
import os
import time
from typing import Any

import numpy as np
from isolatedfake import Box, FakeBridge

from fluxbridge.julia.bridge.objects import JuliaObject


class Documents(FakeBridge):
    """What ``julia/src/documents.jl`` does, for Python."""

    def define(self, source: str) -> Box:
        return Box(
            {"FluxBridge.Documents.document": self.document, "FluxBridge.Documents.evaluate": evaluate}[
                source
            ]
        )

    def document(self, soft: bool, seed: int) -> JuliaObject:
        return JuliaObject(Box({"os": os, "time": time, "seed": seed}), self)


def evaluate(world: dict[str, Any], code: str, look: tuple[str, ...]) -> tuple[Any, ...]:
    out, error = io.StringIO(), ("", "")
    with contextlib.redirect_stdout(out):
        try:
            exec(code, world)
        except Exception as problem:
            error = type(problem).__name__, str(problem)
    seen = tuple((n, described(world[n])) for n in look if n in world)
    return out.getvalue(), *error, False, ("nothing",), seen


def described(x: Any) -> tuple[Any, ...]:
    if isinstance(x, np.ndarray):
        return "array", "Float64", x
    return ("text", "String", x) if isinstance(x, str) else ("number", "Int64", x)


def make(server: Any) -> Documents:
    return Documents(server)
