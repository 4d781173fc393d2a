"""Arguments by which no gradient is taken, each for another reason."""

import numpy as np

from fluxbridge import ignore_derivatives


def f(x, n, name, flag, nothing, scale, limit, spare, act):
    fixed = ignore_derivatives(scale)
    y = x * fixed
    for _ in range(n):
        y = act(y)
    if y > limit:
        y = y * 0.5
    return y


xs = (0.5, 2, "a text", True, None, 3.0, 0.1, 7.0, np.sin)
