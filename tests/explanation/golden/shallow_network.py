"""A network with one hidden layer: names of arrays, constants that are no arguments."""

import numpy as np

x = np.array([0.5, -1.0])
y = np.array([1.0])


def f(W1, b1, W2, b2):
    h = np.tanh(W1 @ x + b1)
    yhat = W2 @ h + b2
    return np.sum((yhat - y) ** 2)


xs = (
    np.array([[1.0, 0.5], [-0.5, 0.25], [0.0, 1.0]]),
    np.array([0.1, 0.2, 0.3]),
    np.array([[1.0, -1.0, 0.5]]),
    np.zeros(1),
)
