"""Flux in Python: layers, losses, optimisers, training and data with Flux's names, shapes and numbers.

>>> from fluxbridge import flux as Flux
>>> Flux.children((1, 2))
(1, 2)
"""

# trees (functors.py)
from ..autodiff.template import Record
from .functors import (
    KeyPath,
    children,
    fcollect,
    fmap,
    fmap_with_path,
    fmapstructure,
    fmapstructure_with_path,
    functor,
    getkeypath,
    haskeypath,
    isleaf,
    layer,
    leaf,
    trainable,
)

# random numbers (rng.py)
from .rng import default_rng, seed_

__all__ = [
    "KeyPath", "Record", "children", "default_rng", "fcollect", "fmap", "fmap_with_path", "fmapstructure",
    "fmapstructure_with_path", "functor", "getkeypath", "haskeypath", "isleaf", "layer", "leaf", "seed_",
    "trainable",
]  # fmt: skip
