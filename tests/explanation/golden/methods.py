"""Methods and attributes: layers are called by their path, what they store by its name."""

import numpy as np


class Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        self.before = self.W @ x + self.b
        return np.tanh(self.before)


class Model:
    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def f(model, x):
    out = model(x)
    return out @ out


xs = (
    Model(Layer(np.eye(2), np.zeros(2)), Layer(np.array([[0.5, -0.5]]), np.zeros(1))),
    np.array([1.0, -2.0]),
)
