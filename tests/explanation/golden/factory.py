"""A function that returns a function; the argument is captured by it."""

import numpy as np


def power(exponent, scale):
    def apply(z):
        grown = z**exponent
        return scale * grown

    return apply


def f(x, scale):
    cube = power(3, scale)
    y = cube(x)
    z = cube(np.sin(y))
    return y + z


xs = (0.5, 2.0)
