"""One thread for every library, and no leftovers that slow a BLAS down."""

from __future__ import annotations

import os
import sys

#: Variables that make a BLAS take another processor for this one.
MISLEADING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NVPL_BLAS_DEBUG_CPU_TYPE")

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NVPL_BLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def one_thread() -> None:
    """Set the environment of this process and of those that it starts; libraries read it on import."""
    if "numpy" in sys.modules:
        raise RuntimeError("benchmarks must be imported before NumPy: start it with python -m benchmarks")
    for name in MISLEADING:
        os.environ.pop(name, None)
    os.environ.update(dict.fromkeys(THREADS, "1"))
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["JAX_ENABLE_X64"] = "1"
