"""Data: observations, batches and the loader, as in MLUtils."""

from typing import TYPE_CHECKING

from ..absent import explain as _explain
from ..layers.shapes import flatten as flatten
from ..names import exported as _exported
from . import datasets
from .batches import *
from .batches import normalise as normalise
from .datasets import *
from .folds import *
from .like import *
from .loader import *
from .observations import *
from .resample import *
from .search import *
from .views import *

Datasets = datasets

if not TYPE_CHECKING:  # for type checkers a star exports what it imports
    del TYPE_CHECKING
    __all__ = _exported(globals(), "Datasets")
    __getattr__ = _explain("MLUtils", __all__)
