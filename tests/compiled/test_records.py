"""Recorded models, losses and training runs of Flux, with every derivative compiled.

A sample of them; FLUXBRIDGE_COMPILED=1 compiles the derivatives of a whole run of the tests.
"""

from __future__ import annotations

import pytest
from compiledkit import COMPILED, states
from flux.layers.test_recorded import CASES as LAYERS
from flux.test_losses import test_as_recorded as check_loss
from flux.test_training import RUNS, WORDS, Run, tolerance
from fluxlayers import check_layer
from fluxrecords import Case, agree, cases

from fluxbridge import api, flux
from fluxbridge.compiled.cache import CACHE

pytestmark = [pytest.mark.once, pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")]


@pytest.fixture(autouse=True)
def _compiled(monkeypatch):
    monkeypatch.setattr(api, "NATIVE", COMPILED)
    CACHE.clear()


@pytest.mark.parametrize("case", LAYERS[::9], ids=lambda c: c.name)
def test_layer(case: Case) -> None:
    check_layer(case)


@pytest.mark.parametrize("case", cases("losses")[::4], ids=lambda c: c.name)
def test_loss(case: Case) -> None:
    check_loss(case)


@pytest.mark.parametrize("case", RUNS[::3], ids=lambda c: c.name)
def test_training(case: Case) -> None:
    run = Run(case)
    model = run.model()
    state = flux.setup(run.rule(), model)
    text = case["loss"].replace("Flux.", "").replace(";", ",")
    loss = eval(f"lambda m, x, y: {text}", WORDS)
    for _ in range(run.epochs):
        flux.train_(loss, model, run.batches(), state)
    agree(flux.state(model), case["params_final"], tolerance=tolerance(case), types=False)
    assert [s.eager for s in states()] == [""]
