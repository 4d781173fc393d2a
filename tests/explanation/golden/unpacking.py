"""An array that is taken apart, by slices and by unpacking."""

import numpy as np


def f(x):
    first, *rest = x
    low, high = np.split(x, 2)
    return first * rest[1] + low @ high


xs = (np.array([1.0, 2.0, 3.0, 4.0]),)
