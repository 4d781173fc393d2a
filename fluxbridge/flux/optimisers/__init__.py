"""Optimisation rules and states, as in Optimisers.jl.

>>> import numpy as np
>>> from fluxbridge import gradient
>>> from fluxbridge.flux.optimisers import Adam, setup, update_
>>> model = {"w": np.array([1.0, -1.0])}
>>> state = setup(Adam(0.1), model)
>>> for _ in range(3):
...     (grad,) = gradient(lambda m: np.sum(m["w"] ** 2), model)
...     _ = update_(state, model, grad)
>>> np.round(model["w"], 3)
array([ 0.702, -0.702])
"""

from typing import TYPE_CHECKING

from ..absent import explain as _explain
from ..functors import KeyPath as KeyPath
from ..functors import getkeypath as getkeypath
from ..functors import haskeypath as haskeypath
from ..functors import trainable as trainable
from ..names import exported as _exported
from .base import *
from .chain import *
from .changes import *
from .implicit import *
from .parameters import *
from .rules import *
from .step import *
from .tree import *

if not TYPE_CHECKING:  # for type checkers a star exports what it imports
    del TYPE_CHECKING
    __all__ = _exported(globals())
    __getattr__ = _explain("Optimisers", __all__)
