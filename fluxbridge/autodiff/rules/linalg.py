"""numpy.linalg."""

from __future__ import annotations

from . import einsum, products  # noqa: F401
