"""The training of the course's notebooks, compiled: their own asserts hold, of the eager numbers."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from fluxbridge import flux
from fluxbridge.compiled.cache import CACHE

pytestmark = pytest.mark.once

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def cells(name: str) -> list[str]:
    """The code of a notebook, but for what asks Julia or measures times."""
    read = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text("utf-8"))
    found = [c for c in read["cells"] if c["cell_type"] == "code" and not c["metadata"].get("tags")]
    return ["".join(c["source"]) for c in found]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name", ["fitting_a_line", "training", "iris_and_housing", "logistic_regression_iris"]
)
def test_training_cells(name, monkeypatch, tmp_path):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    CACHE.clear()
    monkeypatch.chdir(NOTEBOOKS)
    steps = {n: getattr(flux, n) for n in ("train_", "trainstep_", "trainstep_withgradient_")}
    for n, step in steps.items():

        def compiled(*args: Any, step: Any = step, **options: Any) -> Any:
            return step(*args, **{"compile": True, **options})

        monkeypatch.setattr(flux, n, compiled)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, source in enumerate(cells(name)):
            exec(compile(source, f"{tmp_path}/{name}_{number}.py", "exec"), namespace)
    pyplot.close("all")
    used = [state for key, state in CACHE.states.items() if key[0][0] == "training step"]
    assert sum(state.hits for state in used) > 10
