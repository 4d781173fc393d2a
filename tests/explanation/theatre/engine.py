"""JavaScript for the tests: node if it is installed, else V8 from the package mini-racer."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest


def evaluate(code: str, expression: str) -> Any:
    """The value of an expression after some code, by way of JSON."""
    wrapped = f"(() => {{\n{code}\nreturn JSON.stringify({expression});\n}})()"
    if node := shutil.which("node"):
        text = f"process.stdout.write({wrapped})"
        run = subprocess.run([node, "-"], input=text, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr[-2000:]
        return json.loads(run.stdout)
    racer = pytest.importorskip("py_mini_racer", reason="there is no node and no mini-racer")
    return json.loads(racer.MiniRacer().eval(wrapped))
