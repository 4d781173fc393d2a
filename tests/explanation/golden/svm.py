"""The loss of a support vector machine: hinge and weight decay; one point sits on the margin."""

import numpy as np

points = np.array([[1.0, 2.0], [-1.0, 0.5], [0.5, -1.0]])
labels = np.array([1.0, -1.0, -1.0])


def f(w, b, C):
    margin = labels * (points @ w + b)
    hinge = np.maximum(0.0, 1.0 - margin)
    return 0.5 * np.sum(w**2) + C * np.sum(hinge)


xs = (np.array([0.5, 0.25]), 0.0, 10.0)
