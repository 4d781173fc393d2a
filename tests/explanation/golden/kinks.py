"""|x| + max(x, 0) at 0, where both have a kink."""

import numpy as np


def f(x):
    size = abs(x)
    positive = np.maximum(x, 0.0)
    return size + positive


xs = (0.0,)
