"""Which names which package has."""

from __future__ import annotations

from ... import flux as flux_module
from .. import base
from .operators import HELPERS

FLUX_NAMES = frozenset(n for n in dir(flux_module) if not n.startswith("__"))
FLUX_TYPES = frozenset(n for n in FLUX_NAMES if isinstance(getattr(flux_module, n, None), type))
BASE_NAMES = frozenset(n for n in dir(base) if not n.startswith("__"))
ITERATORS = {
    "take": "take", "drop": "drop", "filter": "lazy_filter", "map": "lazy_map", "product": "product", "partition": "partition",  # noqa: E501
    "cycle": "cycle", "flatten": "flatten", "rest": "rest", "accumulate": "lazy_accumulate", "repeated": "repeated",  # noqa: E501
    "countfrom": "countfrom", "takewhile": "takewhile", "dropwhile": "dropwhile", "reverse": "reverse_iterator", "zip": "zip_",  # noqa: E501
    "enumerate": "enumerate_", "only": "only", "peel": "peel",
}  # fmt: skip
ZYGOTE = frozenset(["gradient", "withgradient", "jacobian", "withjacobian", "hessian", "hessian_reverse", "diaghessian", "pullback", "Buffer", "Params", "Grads", "checkpointed", "hook", "forwarddiff", "pushforward", "ignore_derivatives"])  # fmt: skip  # noqa: E501
DERIVATIVES = frozenset(
    ["gradient", "withgradient", "jacobian", "hessian", "diaghessian", "pullback", "withjacobian"]
)
MODELS = frozenset(
    [
        "Chain",
        "Dense",
        "Conv",
        "ConvTranspose",
        "CrossCor",
        "BatchNorm",
        "LayerNorm",
        "GroupNorm",
        "InstanceNorm",
        "Dropout",
        "AlphaDropout",
        "MaxPool",
        "MeanPool",
        "GlobalMeanPool",
        "GlobalMaxPool",
        "Parallel",
        "SkipConnection",
        "RNN",
        "LSTM",
        "GRU",
        "Embedding",
        "Scale",
        "Bilinear",
        "Maxout",
        "Upsample",
        "MultiHeadAttention",
    ]
)
OPERATOR_VALUES = {**HELPERS}

_PACKAGED = {
    **dict.fromkeys(
        [
            "norm",
            "dot",
            "cross",
            "det",
            "tr",
            "rank",
            "cond",
            "opnorm",
            "pinv",
            "kron",
            "diag",
            "diagm",
            "triu",
            "tril",
            "Symmetric",
            "UpperTriangular",
            "LowerTriangular",
            "Diagonal",
            "issymmetric",
            "isposdef",
            "eigvals",
            "eigen",
            "eigvecs",
            "svd",
            "lu",
            "logdet",
            "logabsdet",
            "ishermitian",
            "axpy!",
            "lmul!",
            "rmul!",
            "mul!",
            "svdvals",
            "qr",
            "cholesky",
            "normalize",
        ],
        ("LinearAlgebra",),
    ),
    **dict.fromkeys(["mean", "std", "var", "median", "quantile", "cov", "cor"], ("Statistics", "StatsBase")),
    **{
        n: ("Random", "name:" + n)
        for n in [
            "seed!",
            "randperm",
            "shuffle",
            "shuffle!",
            "rand!",
            "randn!",
            "randexp",
            "randstring",
            "default_rng",
        ]
    },
    "isprime": ("Primes",),
    **dict.fromkeys(
        [
            "sample",
            "wsample",
            "countmap",
            "proportionmap",
            "mode",
            "zscore",
            "weights",
            "Weights",
            "FrequencyWeights",
        ],
        ("StatsBase",),
    ),
    **dict.fromkeys(["readdlm", "writedlm"], ("DelimitedFiles",)),
}
_PACKAGED = {name: (*where, f"name:{name}") for name, where in _PACKAGED.items()}
