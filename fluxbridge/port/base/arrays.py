"""Everything about arrays, from the files that it is in."""

# ruff: noqa: F403
from .elements import *
from .gathering import *
from .growing import *
from .making import *
from .orders import *
from .reductions import *
from .searching import *
from .shapes import *
