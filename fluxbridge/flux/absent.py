"""Names of Flux that have no counterpart here, and why (docs/flux.md lists them too)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from ..autodiff.callers import is_from_import
from .habits import meant
from .oldnames import OLD_NAMES

_GPU = "arrays are NumPy's, on the CPU, or CuPy's, on an NVIDIA GPU; gpu_device() is one of these"
_NCCL = "it sends what is in the memory of GPUs; arrays are in that of the CPU: take MPIBackend"
_ENGINE = "Julia has this engine, and fluxbridge no bridge to it; see AutoZygote, AutoEnzyme, AutoMooncake"
_SPARSE = "derivatives are dense here"
_OBJECTS = "every object is a tree without registration; define __functor__ for another choice of parts"
_INSIDE = "it is a part of how NNlib computes, not of what"

REASONS: dict[str, dict[str, str]] = {
    "Flux": {
        **dict.fromkeys(
            [
                "AMDGPUDevice",
                "MetalDevice",
                "XLADevice",
                "gpu_backend!",
                "oneAPIDevice",
                "xla_device",
            ],
            _GPU,
        ),
        "NCCLBackend": _NCCL,
        **dict.fromkeys(
            [
                "AbstractADType",
                "AutoChainRules",
                "AutoDiffractor",
                "AutoFastDifferentiation",
                "AutoFiniteDiff",
                "AutoGTPSA",
                "AutoHyperHessians",
                "AutoModelingToolkit",
                "AutoMooncakeForward",
                "AutoPolyesterForwardDiff",
                "AutoReactant",
                "AutoReverseDiff",
                "AutoSymbolics",
                "AutoTapir",
                "AutoTaylorDiff",
                "AutoTracker",
                "NoAutoDiff",
                "NoAutoDiffSelectedError",
            ],
            _ENGINE,
        ),
        **dict.fromkeys(
            [
                "AbstractColoringAlgorithm",
                "AbstractSparsityDetector",
                "AutoSparse",
                "AutoSparseFastDifferentiation",
                "AutoSparseFiniteDiff",
                "AutoSparseForwardDiff",
                "AutoSparsePolyesterForwardDiff",
                "AutoSparseReverseDiff",
                "AutoSparseZygote",
                "column_coloring",
                "hessian_sparsity",
                "jacobian_sparsity",
                "row_coloring",
                "symmetric_coloring",
            ],
            _SPARSE,
        ),
        "default_rng_value": "it is deprecated; default_rng() is the same",
        "hasaffine": "it is internal to the layers of normalisation; they have the field affine",
        "autosizefor": "it is a part of @autosize; autosize does it",
    },
    "Functors": {"@flexiblefunctor": _OBJECTS},
    "Optimisers": {
        "@def": "the decorator optimisers.rule makes a rule of a class",
        **dict.fromkeys(["@..", "@lazy"], "NumPy has no lazy broadcasts"),
        "make_reactant_compatible": _GPU,
        "maywrite": "array.flags.writeable says it",
    },
    "NNlib": dict.fromkeys(
        [
            "@disallow_spawns",
            "BatchedAdjoint",
            "BatchedTranspose",
            "add_blanks",
            "calc_padding_regions",
            "col2im!",
            "conv_direct!",
            "conv_im2col!",
            "gemm!",
            "im2col!",
            "im2col_dims",
            "insert_singleton_spatial_dimension",
            "is_strided",
            "maximum_dims",
            "predilate",
            "predilated_size",
            "reverse_indices",
            "safe_div",
            "scatter_dims",
            "storage_type",
            "storage_typejoin",
            "transpose_pad",
            "transpose_swapbatch",
            "∇conv_data_direct!",
            "∇conv_data_im2col!",
            "∇conv_filter_direct!",
            "∇conv_filter_im2col!",
            "∇filter_im2col_dims",
        ],
        _INSIDE,
    ),
    "MLUtils": {
        "eachbatch": "it is deprecated; write eachobs(data, batchsize=n)",
        "frequencies": "it is deprecated; write group_counts",
        "labelmap": "it is deprecated; write group_indices",
        "rpad": "it is deprecated; write rpad_constant",
    },
}


def python_name(name: str) -> str:
    """The name here of a name of Julia's.

    >>> python_name("train!"), python_name("@layer"), python_name("∇conv_data!"), python_name("⊠")
    ('train_', 'layer', 'grad_conv_data_', 'batched_mul')
    """
    if name == "⊠":
        return "batched_mul"
    return name.lstrip("@").replace("∇", "grad_").replace("!", "_")


def explain(module: str, names: Iterable[str] = ()) -> Callable[[str], NoReturn]:
    """The ``__getattr__`` of a module of the mirror: its error says why a name of Flux is missing.

    `names` are those that are there, for a name that was mistyped. The error is an AttributeError, and an
    ImportError at ``from fluxbridge.flux import name``.

    >>> explain("Flux")("MetalDevice")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AttributeError: Flux.MetalDevice is left out: arrays are NumPy's, on the CPU, or CuPy's, on an NVIDIA ...
    """
    reasons = {python_name(name): reason for name, reason in REASONS.get(module, {}).items()}

    def __getattr__(name: str) -> NoReturn:
        if name in reasons:
            text = f"{module}.{name} is left out: {reasons[name]}"
        elif name in OLD_NAMES and not (name.startswith("__") and name.endswith("__")):
            text = f"{module}.{name} is a name of older versions of Flux: {OLD_NAMES[name]}"
        else:
            text = f"{module} has no attribute {name!r}"
            more = "" if name.startswith("_") else meant(name, names)
            if not more:
                raise AttributeError(text)
            text += more
        if is_from_import(sys._getframe(1)):
            raise ImportError(text)  # of an AttributeError the import would keep the name only
        raise AttributeError(text)

    return __getattr__


class OldField:
    """A field that a layer had in older versions of Flux; reading and setting it names the new one.

    A subclass may have an attribute of that name.

    >>> class Affine:
    ...     W = OldField("weight")
    >>> Affine().W
    Traceback (most recent call last):
    AttributeError: the field W of Affine is called weight now
    """

    def __init__(self, new: str):
        self.new = new

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, layer: Any, kind: Any = None) -> Any:
        if layer is None:
            return self
        if self.name in layer.__dict__:
            return layer.__dict__[self.name]
        raise AttributeError(self._text(layer))

    def __set__(self, layer: Any, value: Any) -> None:
        if type(layer).__module__ == self.owner.__module__:
            raise AttributeError(self._text(layer))
        layer.__dict__[self.name] = value

    def _text(self, layer: Any) -> str:
        return f"the field {self.name} of {type(layer).__name__} is called {self.new} now"
