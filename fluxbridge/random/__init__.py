"""The random numbers of Julia: its default generator and StableRNG, bit for bit.

>>> from fluxbridge.random import Xoshiro
>>> g = Xoshiro(0)           # as after Random.seed!(0)
>>> g.rand()
0.4056994708920292
"""

from .generator import Generator
from .kinds import Int128, UInt128
from .stable import StableRNG
from .xoshiro import Xoshiro

__all__ = ["Generator", "Int128", "StableRNG", "UInt128", "Xoshiro"]
