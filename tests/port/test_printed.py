"""Programs of many kinds print what the real Julia printed (recorded with Julia 1.10.8, Flux 0.16)."""

from __future__ import annotations

from pathlib import Path

import portrecorded as recorded
import pytest
from portrunning import execute

from fluxbridge.port import translate_cells

PROGRAMS = sorted((Path(__file__).parent / "printed").glob("*.jl"))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_prints_what_julia_prints(path):
    translation = translate_cells([path.read_text(encoding="utf-8")])
    assert [p.refused for p in translation.refusals] == []
    _, printed, errors = execute(translation)
    assert errors == []
    assert recorded.printed_differs(path.with_suffix(".out").read_text(encoding="utf-8"), printed) is None


#: Programs in which the last digit of a float differs: NumPy and Julia sum in another order.
ROUNDED = {
    "flux_layers_values",
    "attention",
    "encoder_and_sampling",
    "logistic_regression_by_hand",
    "network_from_scratch",
    "clusters",
    "convolutions_and_batches",
    "gradients_of_all_sorts",
    "iris_like",
    "layers_of_ones_own",
    "least_squares",
    "linear_regression_by_hand",
    "losses_and_penalties",
    "network_on_quadrants",
    "numerics_by_hand",
    "rules_of_optimisers",
    "schedules_and_stops",
    "statistics_tour",
    "toy_gan",
    "xor_network",
}
EXACT = [p for p in PROGRAMS if p.stem not in ROUNDED]


@pytest.mark.parametrize("path", EXACT, ids=lambda path: path.stem)
def test_every_character_is_julias(path):
    _, printed, _ = execute(translate_cells([path.read_text(encoding="utf-8")]))
    assert printed == path.with_suffix(".out").read_text(encoding="utf-8")
