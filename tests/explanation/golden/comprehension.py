"""A comprehension: the elements of a list are called by their place in it."""

import numpy as np


def f(ts):
    squares = [np.sin(t) ** 2 for t in ts]
    return sum(squares)


xs = ([0.5, 1.0, 1.5],)
