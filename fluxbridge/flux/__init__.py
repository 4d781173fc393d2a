"""Flux in Python: layers, losses, optimisers, training and data with Flux's names, shapes and numbers.

>>> from fluxbridge import flux as Flux
>>> Flux.children((1, 2))
(1, 2)
"""

# losses, one-hot arrays, optimisers, training, data (losses.py, onehotarrays.py, optimisers/, training.py, data/)
# trees (functors.py)
from ..api import diaghessian, gradient, hessian, jacobian, pullback, withgradient, withjacobian
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
from .initialisers import (
    create_bias,
    glorot_normal,
    glorot_uniform,
    identity_init,
    kaiming_normal,
    kaiming_uniform,
    lecun_normal,
    nfan,
    ones32,
    orthogonal,
    rand32,
    randn32,
    sparse_init,
    truncated_normal,
    zeros32,
)
from .layers.basic import Bilinear, Dense, Scale
from .layers.containers import Chain, Maxout, PairwiseFusion, Parallel, SkipConnection, activations
from .layers.dropout import AlphaDropout, Dropout
from .layers.embedding import Embedding, EmbeddingBag
from .layers.normalise import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    WeightNorm,
    remove_weight_norms,
    reparametrize,
)
from .layers.shapes import abs2, cat, flatten, hcat, identity, normalise, vcat
from .lazy import _
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
from .mode import testmode_, trainmode_
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
from .outputsize import autosize, outputsize
from .precision import cpu, f16, f32, f64, gpu

# random numbers (rng.py)
from .rng import default_rng, seed_
from .saving import load, save
from .state import loadmodel_, modules, state
from .training import train_, trainstep_, trainstep_withgradient_

__all__ = [
    "AMSGrad", "AbstractRule", "AccumGrad", "AdaBelief", "AdaDelta", "AdaGrad", "AdaMax", "Adam", "AdamW",
    "AlphaDropout", "BatchNorm", "Bilinear", "Chain", "ClipGrad", "ClipNorm", "DataLoader", "Dense",
    "Descent", "Dropout", "Embedding", "EmbeddingBag", "GroupNorm", "InstanceNorm", "KeyPath", "LayerNorm",
    "Lion", "Losses", "Maxout", "MixedPrecision", "Momentum", "NAdam", "Nesterov", "OAdam", "OneHotArray",
    "OptimiserChain", "Optimisers", "PairwiseFusion", "Parallel", "RAdam", "RMSProp", "Record", "Rprop",
    "Scale", "SignDecay", "SkipConnection", "WeightDecay", "WeightNorm", "_", "abs2", "activations",
    "adjust", "adjust_", "autosize", "batch", "batchseq", "binary_focal_loss", "binarycrossentropy", "cat",
    "children", "chunk", "cpu", "create_bias", "crossentropy", "ctc_loss", "default_rng", "destructure",
    "diaghessian", "dice_coeff_loss", "eachobs", "early_stopping", "f16", "f32", "f64", "fcollect",
    "flatten", "fmap", "fmap_with_path", "fmapstructure", "fmapstructure_with_path", "focal_loss",
    "freeze_", "functor", "getkeypath", "getobs", "glorot_normal", "glorot_uniform", "gpu", "gradient",
    "group_indices", "haskeypath", "hcat", "hessian", "hinge_loss", "huber_loss", "identity",
    "identity_init", "isleaf", "jacobian", "kaiming_normal", "kaiming_uniform", "kldivergence",
    "label_smoothing", "layer", "leaf", "lecun_normal", "load", "loadmodel_", "logitbinarycrossentropy",
    "logitcrossentropy", "mae", "modules", "mse", "msle", "nfan", "normalise", "numobs", "obsview",
    "onecold", "onehot", "onehotbatch", "ones32", "orthogonal", "outputsize", "params", "patience",
    "plateau", "poisson_loss", "pullback", "rand32", "randn32", "randobs", "remove_weight_norms",
    "reparametrize", "rescale", "rpad_constant", "save", "seed_", "setup", "shuffleobs",
    "siamese_contrastive_loss", "sparse_init", "splitobs", "squared_hinge_loss", "stack", "state",
    "testmode_", "thaw_", "throttle", "train_", "trainable", "trainables", "trainmode_", "trainstep_",
    "trainstep_withgradient_", "truncated_normal", "tversky_loss", "unbatch", "unsqueeze", "unstack",
    "update", "update_", "vcat", "withgradient", "withjacobian", "zeros32",
]  # fmt: skip
