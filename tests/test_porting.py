"""The porting guide: its names exist, and none that the tutorials use is missing.

Its examples run in test_docs.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import fluxbridge
from fluxbridge import flux as Flux

PAGE = (Path(__file__).parents[1] / "docs" / "porting.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]

#: What 58 tutorials of Flux, Zygote and the model zoo call, of Flux, its libraries and Julia's arrays.
USED = """
    Dense Chain Adam gradient update! setup onehotbatch logitcrossentropy DataLoader onecold train! relu
    params Conv withgradient softmax sum randn rand mean reshape tanh hcat zeros size length Descent
    Dropout flatten σ BatchNorm LSTM MaxPool mse onehot @layer pullback reset! state ConvTranspose
    OptimiserChain WeightDecay leakyrelu logitbinarycrossentropy trainmode! trainstep! permutedims sqrt
    vcat abs2 map ones reduce cos similar sin vec dropdims exp float randn! transpose partition Dict
    collect push! first unique AdamW Momentum crossentropy derivative loadmodel! throttle trainables
    @adjoint @autosize @functor AdaptiveMeanPool SamePad _pullback batchseq chunk fmap gelu normalise
    numobs splitobs testmode! argmax cat only prod zero SymTridiagonal eachcol eachslice fill identity log
    max std xor enumerate @nograd ClipGrad ClipNorm Embedding GroupNorm LSTMCell LayerNorm
    MultiHeadAttention Parallel Params RNN RNNCell Recurrence SkipConnection adjust! batched_mul
    binarycrossentropy destructure early_stopping f16 freeze! getkeypath hessian initialstates jacobian
    loadparams! logsoftmax make_causal_mask outputsize patience randn32 randn_like swish thaw! trainable
    unsqueeze update Diagonal I abs all any conj det evalpoly findmax findmin foldl im imag inv isfinite
    isnan maximum min rand! real repeat reverse stack tr gpu cpu @kwdef @show @info seed! @epochs
    @showprogress jldsave BostonHousing MNIST Iris plot gpu_device grid_sample get_device @non_differentiable
"""


@pytest.mark.parametrize("name", USED.split())
def test_the_names_that_tutorials_use_are_in_the_tables(name):
    assert any(re.search(rf"(?<![\w!@]){re.escape(name)}(?![\w!])", row.split(" | ")[0]) for row in ROWS)


def test_every_name_on_the_python_side_exists():
    spans = [span for row in ROWS for span in re.findall(r"`([^`]+)`", row.split(" | ", 1)[1])]
    for start, module in (("Flux.", Flux), ("fluxbridge.", fluxbridge), ("np.", np)):
        names = {n for span in spans for n in re.findall(rf"(?<![\w.]){re.escape(start)}([\w.]+)", span)}
        assert names
        for name in names:
            there = module
            for part in name.rstrip(".").split("."):
                assert hasattr(there, part), start + name
                there = getattr(there, part)


def test_where_the_same_names_are_promised_they_are_there():
    promised = [row for row in ROWS if "the same names" in row]
    assert len(promised) > 8
    for row in promised:
        for span in re.findall(r"`([^`]+)`", row.split(" | ")[0]):
            name = re.match(r"(?:Flux\.|Zygote\.)?(\w+)", span)
            if name and not span.startswith(("init", "copy")):
                assert hasattr(Flux, name[1]) or hasattr(fluxbridge, name[1]), name[1]


def test_twelve_pieces():
    pieces = PAGE.partition("## Pieces of real tutorials")[2]
    assert pieces.count("```julia") == pieces.count("```python") == 12
