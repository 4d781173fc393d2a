"""One name for many values: an argument that is assigned again, and one variable for two things."""

import numpy as np


def f(x):
    x = x * 2.0
    x = np.exp(x)
    t = x + 1.0
    x = np.log(t)
    t = x * x
    return t


xs = (0.25,)
