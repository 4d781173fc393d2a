"""Two ranks of which one fails, as the second argument says; the others must not wait for ever.

``mpiexec -n 2 python failing.py error|killed|early|late``
"""

from __future__ import annotations

import os
import signal
import sys
import time

import numpy as np

from fluxbridge import flux as Flux
from fluxbridge.flux import DistributedUtils as DU

DU.initialize(Flux.MPIBackend, time_limit=1.0 if sys.argv[1] == "late" else 60.0)
backend = DU.get_distributed_backend(Flux.MPIBackend)
model = {"w": np.ones(2)}
state = Flux.setup(DU.DistributedOptimizer(backend, Flux.Descent(0.1)), model)
for step in range(4):
    if step == 2 and DU.local_rank(backend) == 1:
        if sys.argv[1] == "error":
            raise KeyError("no such batch")
        if sys.argv[1] == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if sys.argv[1] == "early":
            sys.exit()
        time.sleep(60)
    Flux.trainstep_(lambda m: np.sum(m["w"]), model, (), state)
print("reached the end")
