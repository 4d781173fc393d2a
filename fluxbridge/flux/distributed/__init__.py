"""Flux's DistributedUtils: the same model on several processes, each with a part of the data, by MPI.

>>> from fluxbridge.flux import Adam, DistributedUtils, MPIBackend, setup
>>> DistributedUtils.initialize(MPIBackend)  # doctest: +SKIP
>>> backend = DistributedUtils.get_distributed_backend(MPIBackend)  # doctest: +SKIP
>>> model = DistributedUtils.synchronize_(backend, model)  # doctest: +SKIP
>>> opt = DistributedUtils.DistributedOptimizer(backend, Adam(0.001))  # doctest: +SKIP
>>> opt_state = DistributedUtils.synchronize_(backend, setup(opt, model))  # doctest: +SKIP

Then ``train_``, ``trainstep_`` and ``update_`` average the gradients over all processes. See docs/scale.md.
"""

from typing import TYPE_CHECKING

from ..names import exported as _exported
from .backends import *
from .checkpoint import *
from .collectives import *
from .container import *
from .optimiser import *
from .synchronise import *

if not TYPE_CHECKING:  # for type checkers a star exports what it imports
    del TYPE_CHECKING
    __all__ = _exported(globals())
