"""Arrays that are changed in place, by an operator and by an index."""

import numpy as np


def f(x):
    y = x * 2.0
    y += x**2
    z = np.exp(-y)
    z *= y
    return np.sum(z)


xs = (np.array([0.5, 1.0]),)
