"""One thread for the products of matrices of small models.

OpenBLAS, which NumPy's wheels bring along, hands out even small products to all cores. Where these have
something else to do, waiting for the last one takes many times longer than the product itself.
"""

from __future__ import annotations

import contextlib
import os
import weakref
from functools import cache
from typing import Any

from .optimisers import trainables

#: Whoever sets one of these has decided.
SETTINGS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")

#: A product with a matrix of so many numbers takes a millisecond, and more threads may be worth it.
LARGE = 1 << 20

#: OpenBLAS is built for so many threads, on machines with more cores, too.
MOST_OF_A_BUILD = 64


@cache
def _controller() -> Any:
    """OpenBLAS as threadpoolctl controls it, or None without one of the two."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    found = ThreadpoolController().select(internal_api="openblas")
    return found if found.lib_controllers else None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


#: What was found about models that are still there, by their addresses.
_known: dict[int, tuple[weakref.ref[Any], bool]] = {}


def _is_small(model: Any) -> bool:
    """Has no array of the model more than LARGE numbers? Objects are looked at once."""
    known = _known.get(id(model))
    if known is not None and known[0]() is model:
        return known[1]
    small = all(array.size <= LARGE for array in trainables(model))
    with contextlib.suppress(TypeError):  # a dict or a tuple has no weak references
        key = id(model)
        _known[key] = weakref.ref(model, lambda _: _known.pop(key, None)), small
    return small


def one_thread(model: Any) -> contextlib.AbstractContextManager[Any]:
    """While it is open, OpenBLAS computes in one thread if the arrays of the model are small.

    Nothing changes without threadpoolctl (``pip install "fluxbridge[threads]"``), for a model with an array
    of more than a million numbers, or if the user has set the number of threads, by a variable of the
    environment or with threadpoolctl. In the end the number is what it was.

    >>> import numpy as np
    >>> with one_thread({"w": np.ones(3)}):
    ...     pass
    """
    controller = None if any(name in os.environ for name in SETTINGS) else _controller()
    if controller is None:
        return contextlib.nullcontext()
    default = min(_cores(), MOST_OF_A_BUILD)
    if default == 1 or any(lib.num_threads < default for lib in controller.lib_controllers):
        return contextlib.nullcontext()
    return controller.limit(limits=1, user_api="blas") if _is_small(model) else contextlib.nullcontext()
