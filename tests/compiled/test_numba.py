"""Programs with machine code: the same bits as without, and the same errors and warnings."""

from __future__ import annotations

import random
import sys

import numpy as np
import pytest
from autodiff.test_zygote_answers import spelled
from compiled.test_samples import GROUPS, NOT_COMPILED, scalar, some  # noqa: F401
from compiledkit import moved, result, same
from parity.referee import ARGUMENTS
from parity.referee import compiled as made
from parity.writer import Writer
from zygoterecords import CASES, IDS

from fluxbridge.autodiff import native
from fluxbridge.compiled import build, tiers
from fluxbridge.compiled.refusals import CannotCompile
from fluxbridge.compiled.writers.python import MISS
