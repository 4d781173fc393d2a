"""Assignment to tuples: polar coordinates, and two variables that change places."""

import numpy as np


def f(x, y):
    r, phi = np.sqrt(x**2 + y**2), np.arctan2(y, x)
    x, y = y, x
    (a, b), c = (r * x, phi * y), r
    return a + b * c


xs = (3.0, 4.0)
