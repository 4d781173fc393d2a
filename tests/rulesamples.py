"""The samples of all rule tests in one list, for tests that ask something of every rule."""

from __future__ import annotations

import importlib
from pathlib import Path

from rulecheck import Sample

_FOLDER = Path(__file__).parent / "autodiff" / "rules"


def samples() -> list[Sample]:
    """Every sample of the modules in tests/autodiff/rules that have a table of them."""
    found: list[Sample] = []
    for path in sorted(_FOLDER.glob("test_*.py")):
        module = importlib.import_module(f"autodiff.rules.{path.stem}")
        found += getattr(module, "SAMPLES", [])
    return found
