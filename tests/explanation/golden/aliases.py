"""Two names for one value, a value without a name, and one that is not needed."""

import numpy as np


def f(x):
    y = z = x * 3.0
    again = y
    unused = np.cos(x) * 2.0
    return np.sin(again) * z + (unused, x)[1]


xs = (1.0,)
