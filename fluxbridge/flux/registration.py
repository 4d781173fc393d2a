"""Registers the mirror with :mod:`fluxbridge.models`: its layers, their parameters, their random numbers."""

from __future__ import annotations

from .. import models
from .exchange import is_layer
from .optimisers.parameters import trainables
from .rng import Draws

models.register(models.LayerLibrary(is_layer, trainables, Draws))
