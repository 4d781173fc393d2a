"""Flux in Python: layers, losses, optimisers, training and data with Flux's names, shapes and numbers.

>>> from fluxbridge import flux as Flux
>>> Flux.children((1, 2))
(1, 2)
"""

# losses, one-hot arrays, optimisers, training, data (losses.py, onehotarrays.py, optimisers/, training.py, data/)
# trees (functors.py)
from ..autodiff.template import Record
from . import losses as Losses
from . import optimisers as Optimisers
from .callbacks import early_stopping, patience, plateau, throttle
from .data import (
    DataLoader,
    batch,
    batchseq,
    chunk,
    eachobs,
    getobs,
    group_indices,
    numobs,
    obsview,
    randobs,
    rescale,
    rpad_constant,
    shuffleobs,
    splitobs,
    stack,
    unbatch,
    unsqueeze,
    unstack,
)
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
from .losses import (
    binary_focal_loss,
    binarycrossentropy,
    crossentropy,
    ctc_loss,
    dice_coeff_loss,
    focal_loss,
    hinge_loss,
    huber_loss,
    kldivergence,
    label_smoothing,
    logitbinarycrossentropy,
    logitcrossentropy,
    mae,
    mse,
    msle,
    poisson_loss,
    siamese_contrastive_loss,
    squared_hinge_loss,
    tversky_loss,
)
from .onehotarrays import OneHotArray, onecold, onehot, onehotbatch
from .optimisers import (
    AbstractRule,
    AccumGrad,
    AdaBelief,
    AdaDelta,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    AMSGrad,
    ClipGrad,
    ClipNorm,
    Descent,
    Lion,
    MixedPrecision,
    Momentum,
    NAdam,
    Nesterov,
    OAdam,
    OptimiserChain,
    RAdam,
    RMSProp,
    Rprop,
    SignDecay,
    WeightDecay,
    adjust,
    adjust_,
    destructure,
    freeze_,
    params,
    setup,
    thaw_,
    trainables,
    update,
    update_,
)

# random numbers (rng.py)
from .rng import default_rng, seed_
from .training import train_, trainstep_, trainstep_withgradient_

__all__ = [
    "AMSGrad", "AbstractRule", "AccumGrad", "AdaBelief", "AdaDelta", "AdaGrad", "AdaMax", "Adam", "AdamW",
    "ClipGrad", "ClipNorm", "DataLoader", "Descent", "KeyPath", "Lion", "Losses", "MixedPrecision",
    "Momentum", "NAdam", "Nesterov", "OAdam", "OneHotArray", "OptimiserChain", "Optimisers", "RAdam",
    "RMSProp", "Record", "Rprop", "SignDecay", "WeightDecay", "adjust", "adjust_", "batch", "batchseq",
    "binary_focal_loss", "binarycrossentropy", "children", "chunk", "crossentropy", "ctc_loss",
    "default_rng", "destructure", "dice_coeff_loss", "eachobs", "early_stopping", "fcollect", "fmap",
    "fmap_with_path", "fmapstructure", "fmapstructure_with_path", "focal_loss", "freeze_", "functor",
    "getkeypath", "getobs", "group_indices", "haskeypath", "hinge_loss", "huber_loss", "isleaf",
    "kldivergence", "label_smoothing", "layer", "leaf", "logitbinarycrossentropy", "logitcrossentropy",
    "mae", "mse", "msle", "numobs", "obsview", "onecold", "onehot", "onehotbatch", "params", "patience",
    "plateau", "poisson_loss", "randobs", "rescale", "rpad_constant", "seed_", "setup", "shuffleobs",
    "siamese_contrastive_loss", "splitobs", "squared_hinge_loss", "stack", "thaw_", "throttle", "train_",
    "trainable", "trainables", "trainstep_", "trainstep_withgradient_", "tversky_loss", "unbatch",
    "unsqueeze", "unstack", "update", "update_",
]  # fmt: skip
