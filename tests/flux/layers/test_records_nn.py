"""The recorded answers of convolution, pooling, upsampling, recurrence and attention."""

import pytest
from fluxmodels import check_layer
from fluxrecords import cases

FAMILIES = (
    "Conv", "CrossCor", "DepthwiseConv", "conv chain", "MaxPool", "MeanPool", "Adaptive", "Global", "Upsample",
    "PixelShuffle", "RNN", "LSTM", "GRU", "Recurrence", "Chain of recurrent", "MultiHead",
)  # fmt: skip
RECORDED = [c for c in cases("layers", *FAMILIES) if "python" in c]


@pytest.mark.parametrize("case", RECORDED, ids=repr)
def test_recorded(case):
    check_layer(case)
