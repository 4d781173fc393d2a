"""The recorded list of Flux's names is what the libraries here export."""

import json
from pathlib import Path

import pytest

from fluxbridge import julia

FILE = Path(__file__).parents[1] / "reference" / "flux_names_0.16.10.json"
PLACES = {
    "Flux": "Flux",
    "Losses": "Flux.Losses",
    "Train": "Flux.Train",
    "Functors": "Flux.Functors",
    "Optimisers": "Flux.Optimisers",
    "NNlib": "Flux.NNlib",
    "MLUtils": "Flux.MLUtils",
    "Datasets": "Flux.MLUtils.Datasets",
    "OneHotArrays": "Flux.OneHotArrays",
}


@pytest.mark.julia
@pytest.mark.parametrize("module", PLACES)
def test_exported_names(module):
    recorded = json.loads(FILE.read_text(encoding="utf-8"))
    if julia.versions()["Flux"] != recorded["recorded_with"]["Flux"]:
        pytest.skip("another version of Flux")
    names = julia.function(f'_ -> (@eval Main import Flux; join(names(Main.{PLACES[module]}), " "))')
    found = set(str(names(0)).split()) - {module}
    assert found == set(recorded[module]["exported"])
