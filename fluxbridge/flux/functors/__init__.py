"""Functors: models as trees."""

from typing import TYPE_CHECKING

from ..absent import explain as _explain
from ..names import exported as _exported
from .keypath import *
from .maps import *
from .trained import *
from .trees import *
from .walks import *

if not TYPE_CHECKING:  # for type checkers a star exports what it imports
    del TYPE_CHECKING
    __all__ = _exported(globals())
    __getattr__ = _explain("Functors", __all__)
