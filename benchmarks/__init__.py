"""How fast fluxbridge is, and how much memory it needs, next to other engines: ``python -m benchmarks``."""

from .environment import one_thread

one_thread()  # before anything here imports NumPy
