"""A convolution of one axis, written out: slices of a signal times the weights of a kernel."""

import numpy as np


def f(kernel, signal):
    n = len(signal) - len(kernel) + 1
    out = 0.0
    for k in range(len(kernel)):
        out = out + kernel[k] * signal[k : k + n]
    response = np.maximum(out, 0.0)
    return np.sum(response)


xs = (np.array([1.0, -2.0, 1.0]), np.array([0.0, 1.0, 4.0, 2.0, 0.5]))
